import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';

/** What every restore drill must notice: backups are worth nothing without the WAL of their time. */
export const lyingArchive = (): Fault =>
  faults['primary-setting']('archive_command', 'true', 'the archive lies: it says yes and stores nothing');
