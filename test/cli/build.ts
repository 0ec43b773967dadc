import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command line is tested as users get it: compiled. Once for all test files; little is done when dist is fresh. */
export function setup(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/build.js', import.meta.url))], {
    stdio: 'inherit',
  });
}
