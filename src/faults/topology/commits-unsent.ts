import type { Fault } from '../fault.ts';
import { settingsTogether } from './settings-together.ts';

/** A primary that acknowledges commits which no replica has, and which it does not send for seconds: they die with it. */
export function commitsUnsent(): Fault {
  return settingsTogether(
    {
      kind: 'commits-unsent',
      object: 'synchronous_commit',
      says: 'commits are acknowledged before they are written, and written and sent up to ten seconds later',
    },
    // Only what is flushed is sent, and where no commit flushes the WAL writer alone does.
    { synchronous_commit: 'off', wal_writer_delay: '10s' },
  );
}
