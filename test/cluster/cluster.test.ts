import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { thisMachine } from '../../src/cluster/machine.ts';
import { processTable } from '../../src/cluster/process-table.ts';
import { availableSources, runFolders, scratchMachine, testCluster } from './support.ts';

const table = processTable(process.platform);

describe.each(await availableSources())('%s PostgreSQL', (on) => {
  test('starts, answers, and leaves nothing', async () => {
    const machine = scratchMachine();
    const cluster = await testCluster({ on, machine, settings: { max_connections: 50, work_mem: '8MB' } });
    const client = await cluster.primary.connect();
    const { rows } = await client.query(
      `SELECT current_setting('work_mem') AS work_mem, current_setting('fsync') AS fsync,
              current_setting('TimeZone') AS zone, current_setting('data_checksums') AS checksums, current_user AS who`,
    );
    expect(rows).toEqual([{ work_mem: '8MB', fsync: 'off', zone: 'UTC', checksums: 'on', who: 'postgres' }]);
    expect(cluster.facts).toMatchObject({ source: on, settings: { fsync: { here: 'off' } } });
    expect(cluster.facts.server).toMatch(/^PostgreSQL 15\./);
    expect(statSync(cluster.primary.socketFolder).mode & 0o777).toBe(0o700);

    await cluster.close();
    expect(table.inside(cluster.host.folder)).toEqual([]);
    expect(runFolders(machine)).toEqual([]);
    await cluster.close();
  });
});

test('says which PostgreSQL it took and why', async () => {
  const machine = scratchMachine();
  const { facts } = await testCluster({ machine });
  expect(facts.why).toContain('15.');
  expect(facts.notes.join()).toContain('fsync');
});

test('keeps everything on disk unless it is throwaway', async () => {
  const cluster = await testCluster({ machine: scratchMachine(), throwaway: false });
  const client = await cluster.primary.connect();
  const { rows } = await client.query("SELECT current_setting('fsync') AS fsync");
  expect(rows).toEqual([{ fsync: 'on' }]);
});

test('two at once do not meet', async () => {
  const machine = scratchMachine();
  const [one, two] = await Promise.all([testCluster({ machine }), testCluster({ machine })]);
  expect(one.primary.tcp.port).not.toBe(two.primary.tcp.port);
  await one.close();
  const client = await two.primary.connect();
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('makes and drops databases with hostile names', async () => {
  const { primary } = await testCluster({ machine: scratchMachine() });
  const name = `a"b; DROP TABLE x; --'é`;
  await primary.createDatabase('plain');
  await primary.createDatabase(name, 'plain');
  const client = await primary.connect({ database: name });
  expect((await client.query('SELECT current_database() AS name')).rows).toEqual([{ name }]);
  await primary.dropDatabase(name);
  await primary.dropDatabase(name);
  await expect(primary.connect({ database: name })).rejects.toMatchObject({ code: '3D000' });
});

test('a lost connection fails its query and nothing else', async () => {
  const { primary } = await testCluster({ machine: scratchMachine() });
  const client = await primary.connect();
  const lost = expect(client.query('SELECT pg_sleep(600)')).rejects.toThrow();
  await primary.service.kill();
  await lost;
  await expect(client.query('SELECT 1')).rejects.toThrow();
  await primary.stop();
});

test('a server that refuses its settings is an error in its own words', async () => {
  const machine = scratchMachine();
  await expect(testCluster({ machine, settings: { work_memory: '1MB' } })).rejects.toMatchObject({
    code: 'bad-setting',
    message: expect.stringMatching(
      /^\w+ PostgreSQL 15\..*unrecognized configuration parameter "work_memory"/,
    ),
  });
  await expect(testCluster({ machine, settings: { work_mem: 'plenty' } })).rejects.toMatchObject({
    code: 'bad-setting',
    message: expect.stringContaining('invalid value for parameter "work_mem": "plenty"'),
    hint: expect.stringContaining('postgres.settings'),
  });
  await expect(testCluster({ machine, settings: { 'x\ny': '1' } })).rejects.toMatchObject({
    code: 'bad-setting',
  });
  expect(runFolders(machine)).toEqual([]);
});

test('a folder that is too long for a socket is made up for by one in /tmp', async () => {
  const machine = scratchMachine();
  const tmp = `${machine.tmp}/${'long-'.repeat(20)}`;
  mkdirSync(tmp);
  const cluster = await testCluster({ machine: { ...machine, tmp } });
  expect(cluster.host.folder).toContain(tmp);
  expect(cluster.primary.socketFolder).toMatch(/^\/(private\/)?tmp\/pgattest-\d+\//);
  await cluster.close();
  expect(existsSync(cluster.primary.socketFolder)).toBe(false);
});

test.runIf(process.getuid?.() === 0)(
  'as root, a TMPDIR that is closed to the server is passed over',
  async () => {
    const machine = scratchMachine();
    chmodSync(machine.tmp, 0o700);
    const cluster = await testCluster({ machine });
    expect(cluster.host.folder.startsWith(machine.tmp)).toBe(false);
  },
);

test('hostile characters in TMPDIR do no harm', async () => {
  const machine = scratchMachine();
  const tmp = `${machine.tmp}/a b,c"d'e`;
  mkdirSync(tmp);
  const cluster = await testCluster({ machine: { ...machine, tmp } });
  expect(readdirSync(cluster.primary.socketFolder)).toHaveLength(2);
});

test('the folder of runs must be ours', async () => {
  const machine = scratchMachine();
  mkdirSync(`${machine.tmp}/elsewhere`);
  symlinkSync(`${machine.tmp}/elsewhere`, `${machine.tmp}/pgattest-${thisMachine().uid}`);
  await expect(testCluster({ machine })).rejects.toMatchObject({ code: 'not-private' });
});
