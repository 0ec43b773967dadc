// Compiles src/ to dist/, from nothing when a file was removed: what is in dist/ is what is in src/.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (!existsSync(compiler) && process.env.npm_lifecycle_event === 'prepare') {
  // npm asks for it also when nothing is installed yet: with --package-lock-only, or when npx comes before npm ci.
  console.error('pgattest: not built, since nothing is installed yet; run npm ci');
  process.exit(0);
}

if (existsSync(dist)) {
  const stale = readdirSync(dist, { recursive: true, encoding: 'utf8' }).some((path) => {
    if (!path.endsWith('.js')) return false;
    const source = join(root, 'src', path.slice(0, -3));
    return !existsSync(`${source}.ts`) && !existsSync(`${source}.tsx`);
  });
  if (stale) rmSync(dist, { recursive: true, force: true });
}
execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
  cwd: root,
  stdio: 'inherit',
});
