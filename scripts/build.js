// Compiles src/ to dist/, from nothing when a file was removed: what is in dist/ is what is in src/.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

if (existsSync(dist)) {
  const stale = readdirSync(dist, { recursive: true, encoding: 'utf8' }).some((path) => {
    if (!path.endsWith('.js')) return false;
    const source = join(root, 'src', path.slice(0, -3));
    return !existsSync(`${source}.ts`) && !existsSync(`${source}.tsx`);
  });
  if (stale) rmSync(dist, { recursive: true, force: true });
}
execFileSync(
  process.execPath,
  [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(root, 'tsconfig.build.json')],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
