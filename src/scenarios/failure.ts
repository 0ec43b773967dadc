import { ClusterError } from '../cluster/error.ts';
import { ConfigError } from '../design/config-error.ts';
import { EvidenceError, type ExitCode, exitCodes } from '../evidence/index.ts';

/** Somebody pressed Ctrl-C, or a signal asked the program to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(readonly by: string) {
    super(`interrupted by ${by}`);
  }
}

/** The exit code that an error earns: what the user gave or the machine lacks is 2, what stopped a run is 3. */
export function exitCodeOfError(error: unknown): ExitCode {
  if (error instanceof Interrupted) return exitCodes.interrupted;
  if (error instanceof ConfigError || error instanceof ClusterError || error instanceof EvidenceError)
    return exitCodes.usage;
  return exitCodes.unproved;
}
