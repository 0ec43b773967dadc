import { releaseAllNow } from '../cluster/release.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let open = 0;

/**
 * While something is open, an end of this worker takes the servers with it: Vitest ends its workers by SIGTERM, a terminal by
 * SIGINT, and neither runs `afterAll`. Returns what takes the watch away.
 */
export function closeWhenInterrupted(): () => void {
  if (open++ === 0) {
    for (const name of signals) process.on(name, endBy);
    process.on('exit', releaseAllNow);
    process.on('disconnect', endAlone);
  }
  let released = false;
  return () => {
    if (released) return;
    released = true;
    if (--open === 0) unwatch();
  };
}

function unwatch(): void {
  for (const name of signals) process.off(name, endBy);
  process.off('exit', releaseAllNow);
  process.off('disconnect', endAlone);
}

/** The signal does again what it would have done. */
function endBy(name: NodeJS.Signals): void {
  releaseAllNow();
  unwatch();
  process.kill(process.pid, name);
}

/** The main process has gone: nobody will ask for `afterAll` any more. */
function endAlone(): void {
  releaseAllNow();
  process.exit(1);
}
