import type { Evidence } from '../evidence/model.ts';

/** A pure function from evidence to a format. Reads no clock, no file, no environment. */
export interface Reporter {
  readonly name: string;
  /** File name in the run's folder. */
  readonly file: string;
  readonly mediaType: string;
  /** One line for `pgattest report --help`. */
  readonly says: string;
  render(evidence: Evidence): string;
}
