import { ClusterError } from '../cluster/error.ts';
import { ConfigError } from '../design/config-error.ts';
import { EvidenceError } from '../evidence/index.ts';
import { exitCodeOfError, Interrupted } from '../scenarios/failure.ts';

/** Prints what went wrong on standard error, in one line where it is the user's to mend, and gives the exit code. */
export function describeError(error: unknown): number {
  const known = [ConfigError, ClusterError, EvidenceError, Interrupted].some((kind) => error instanceof kind);
  if (known) {
    process.stderr.write(`pgattest: ${(error as Error).message}\n`);
    if (error instanceof ClusterError) for (const line of error.log) process.stderr.write(`  ${line}\n`);
  } else {
    process.stderr.write(
      `pgattest: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  }
  return exitCodeOfError(error);
}
