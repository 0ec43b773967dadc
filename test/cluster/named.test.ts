import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Machine } from '../../src/cluster/machine.ts';
import { takeDown } from '../../src/cluster/named/down.ts';
import { connectionUrl } from '../../src/cluster/named/endpoints.ts';
import { findNamed, namedClusters } from '../../src/cluster/named/find.ts';
import type { Kept } from '../../src/cluster/named/kept.ts';
import { lockPrefix, NameLock } from '../../src/cluster/named/lock.ts';
import { Owner } from '../../src/cluster/owner.ts';
import { makeRunBase } from '../../src/cluster/private-folder.ts';
import { processTable } from '../../src/cluster/process-table.ts';
import { reapOrphans } from '../../src/cluster/reap.ts';
import { runFolders, scratchMachine } from './support.ts';

const table = processTable(process.platform);
const boot = table.space.split(' ')[0];

const kept: Omit<Kept, 'authority'> = {
  name: 'demo',
  design: 'tiny',
  digest: '',
  seed: 1,
  scale: 1,
  source: 'local',
  server: 'PostgreSQL 15',
  since: '2026-01-01T00:00:00.000Z',
  archive: false,
  servers: [],
  endpoints: [],
  notes: [],
};

async function stranger(): Promise<number> {
  const child = spawn('sleep', ['600'], { cwd: '/', stdio: 'ignore' });
  onTestFinished(() => void child.kill());
  await once(child, 'spawn');
  return child.pid ?? 0;
}

/** A kept folder, as a program that has gone left it. */
function keep(machine: Machine, changes: object = {}): { readonly owner: Owner; readonly file: string } {
  const owner = Owner.open(machine);
  owner.keep({ kept, ca: 'PEM' });
  const file = path.join(owner.folder, 'owner.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...record, start: '1', ...changes }));
  return { owner, file };
}

test('a kept folder and what goes with it stay, whoever tidies up', async () => {
  const machine = scratchMachine();
  const { owner } = keep(machine);
  const part = Owner.open(machine);
  part.keep({ partOf: owner.folder });
  expect(await reapOrphans({ ...machine, pid: 1 })).toEqual([]);
  const [found] = await namedClusters(machine);
  expect(found).toMatchObject({ folder: owner.folder, state: 'dead', kept: { name: 'demo' } });
  expect(readFileSync(found?.kept.authority ?? '', 'utf8')).toBe('PEM');
  if (found === undefined) return;
  const both = await Promise.all([takeDown(found, machine), takeDown(found, machine)]);
  expect(both).toMatchObject([{ name: 'demo' }, { name: 'demo' }]);
  expect(runFolders(machine)).toEqual([]);
});

test('what goes with a kept folder goes when that has gone', async () => {
  const machine = scratchMachine();
  const part = Owner.open(machine);
  part.keep({ partOf: path.join(path.dirname(part.folder), 'gone00') });
  const file = path.join(part.folder, 'owner.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), start: '1' }));
  expect(await reapOrphans(machine)).toMatchObject([{ status: 'removed', folder: part.folder }]);
});

test('after a new boot a pid is a stranger, and the files wait for down', async () => {
  const machine = scratchMachine();
  const pid = await stranger();
  const processes = [{ name: 'primary', pid, start: table.startOf(pid), stop: 'SIGQUIT' }];
  const { owner } = keep(machine, { space: 'an-earlier-boot elsewhere', processes });
  expect(await reapOrphans(machine)).toEqual([]);
  const found = await findNamed('demo', machine);
  expect(found?.state).toBe('dead');
  if (found !== undefined) await takeDown(found, machine);
  expect(table.startOf(pid)).toBeDefined();
  expect(existsSync(owner.folder)).toBe(false);
});

test('one of another container is neither known nor taken down', async () => {
  const machine = scratchMachine();
  keep(machine, { space: `${boot} elsewhere` });
  const found = await findNamed('demo', machine);
  expect(found).toMatchObject({ state: 'unknown', why: expect.stringMatching(/another container/) });
  if (found !== undefined) await expect(takeDown(found, machine)).rejects.toThrow(/cannot be taken down/);
});

test('a folder that another version made is kept, and said', async () => {
  const machine = scratchMachine();
  const { owner } = keep(machine, { schema: 'pgattest.owner/3', more: true });
  expect(await reapOrphans(machine)).toEqual([
    { status: 'kept', folder: owner.folder, why: expect.stringMatching(/another version/) },
  ]);
});

test('a name is one program’s at a time; a dead one holds nothing', async () => {
  const machine = scratchMachine();
  const base = makeRunBase(machine);
  const locks = () => readdirSync(base).filter((name) => name.startsWith(lockPrefix));
  const pid = await stranger();
  const first = NameLock.take({ ...machine, pid }, base, 'demo');
  expect(first).toBeInstanceOf(NameLock);
  expect(NameLock.take(machine, base, 'demo')).toMatchObject({ pid });
  expect(NameLock.take(machine, base, 'other')).toBeInstanceOf(NameLock);
  await reapOrphans(machine);
  expect(locks()).toHaveLength(2);

  process.kill(pid, 'SIGKILL');
  while (table.startOf(pid) !== undefined) await new Promise((resolve) => setImmediate(resolve));
  const second = NameLock.take(machine, base, 'demo');
  expect(second).toBeInstanceOf(NameLock);
  // The dead one's farewell does not take what is another's now.
  if (first instanceof NameLock) await first.close();
  expect(second instanceof NameLock && second.held).toBe(true);
  expect(locks()).toHaveLength(2);
});

test('locks that dead programs left go with the rest', async () => {
  const machine = scratchMachine();
  const base = makeRunBase(machine);
  const dead = { pid: machine.pid, start: '1', space: table.space };
  for (const name of ['demo', 'demo.abc123'])
    writeFileSync(path.join(base, `${lockPrefix}${name}`), JSON.stringify(dead));
  writeFileSync(path.join(base, `${lockPrefix}half`), '{"pid"');
  await reapOrphans(machine);
  expect(runFolders(machine)).toEqual([]);
});

test('a connection string holds what is odd, and no password when masked', () => {
  const endpoint = {
    role: 'writer',
    via: 'pooler',
    host: '127.0.0.1',
    port: 6432,
    user: 'a b',
    password: 'p@/?ß',
    database: 'x&y',
  } as const;
  const authority = '/tmp/ä b/ca.crt';
  const url = new URL(connectionUrl(endpoint, { authority }, false));
  expect([url.username, url.password, url.pathname].map(decodeURIComponent)).toEqual([
    'a b',
    'p@/?ß',
    '/x&y',
  ]);
  expect(Object.fromEntries(url.searchParams)).toEqual({ sslmode: 'verify-full', sslrootcert: authority });
  expect(connectionUrl(endpoint, { authority }, true)).toMatch(/^postgres:\/\/a%20b:\*{4}@127/);
});
