import { releaseAll, releaseAllNow } from '../cluster/release.ts';
import { exitCodes } from '../evidence/verdict.ts';
import { Interrupted } from '../scenarios/failure.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work` with a signal that Ctrl-C and SIGTERM abort, so that it can clean up; a second Ctrl-C kills what is left
 * and ends at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      releaseAllNow();
      process.exit(exitCodes.interrupted);
    }
    process.stderr.write(`pgattest: ${name}, cleaning up; once more to end at once\n`);
    controller.abort(new Interrupted(name));
  };
  for (const name of signals) process.on(name, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    await releaseAll();
    for (const name of signals) process.off(name, onSignal);
  }
}
