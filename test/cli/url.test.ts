import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import { expectNothingLeft, expectRefused, pgattest, scratch, start } from './command.ts';
import { writeTiny } from './tiny.ts';

const secret = 's3cr3t-p@ss';
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  const client = await cluster.primary.connect();
  await client.query(`CREATE ROLE boss SUPERUSER LOGIN PASSWORD ${pg.escapeLiteral(secret)}`);
  await client.end();
});

afterAll(() => cluster?.close());

function urlOf(database: string, password = secret): string {
  const { host, port } = cluster.primary.tcp;
  const login = password === '' ? 'boss' : `boss:${encodeURIComponent(password)}`;
  return `postgres://${login}@${host}:${port}/${database}`;
}

async function databases(): Promise<readonly string[]> {
  const client = await cluster.primary.connect();
  const { rows } = await client.query<{ name: string }>('SELECT datname AS name FROM pg_database ORDER BY 1');
  await client.end();
  return rows.map(({ name }) => name);
}

/** Every file below a folder, as text. */
function textsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'utf8'));
}

describe('a run on a server of the user’s', () => {
  test('fills an empty database where it may, then proves it, and reads it without leave', async () => {
    await cluster.primary.createDatabase('shop');
    const folder = scratch();
    writeTiny(folder);
    const before = await databases();
    const run = ['run', './design.ts', '--on', urlOf('shop')];
    const first = await pgattest(folder, [...run, '--allow-writes', 'shop']);
    expect(first.code, first.stderr).toBe(0);
    expect(await databases()).toEqual(before);

    const reading = await pgattest(folder, [...run, '--json']);
    expect(reading.code, reading.stderr).toBe(3);
    expect(reading.stdout).toContain('holds, but its counterexamples need --allow-writes shop');
    const env = { PGPASSWORD: secret };
    const bare = await pgattest(folder, ['run', './design.ts', '--on', urlOf('shop', '')], env);
    expect(bare.code, bare.stderr).toBe(3);

    const told = [first, reading, bare].flatMap(({ stdout, stderr }) => [stdout, stderr]);
    for (const text of [...told, ...textsIn(path.join(folder, 'reports'))]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encodeURIComponent(secret));
    }
    expectNothingLeft(folder);
  });

  test.runIf(existsSync('/proc/self/cmdline'))(
    'the list of processes does not show the password, and Ctrl-C leaves no copy',
    async () => {
      await cluster.primary.createDatabase('stopped');
      const folder = scratch();
      writeTiny(folder);
      const before = await databases();
      const run = start(folder, [
        'run',
        './design.ts',
        '--on',
        urlOf('stopped'),
        '--allow-writes',
        'stopped',
      ]);
      await run.line(/^(proved|refuted|unproved) /);
      const shown = readFileSync(`/proc/${run.child.pid}/cmdline`, 'utf8');
      expect(shown).toContain('boss:***@');
      expect(shown).not.toContain(encodeURIComponent(secret));
      run.child.kill('SIGINT');
      expect((await run.ended).code).toBe(130);
      expect(await databases()).toEqual(before);
    },
  );
});

describe('what is refused', () => {
  test.each<[string, () => readonly string[], RegExp]>([
    [
      'leave for another database',
      () => ['--on', urlOf('shop'), '--allow-writes', 'postgres'],
      /^pgattest: --allow-writes postgres: the URL leads to shop; name the very database of the URL$/,
    ],
    [
      'leave where none is needed',
      () => ['--allow-writes', 'shop'],
      /^pgattest: --allow-writes: a cluster that pgattest starts is its own; leave it out/,
    ],
    [
      'a wrong password',
      () => ['--on', urlOf('shop', 'w0rd')],
      /^pgattest: boss@127\.0\.0\.1:\d+\/shop: password authentication failed .*; correct the password/,
    ],
    ['a database without the design', () => ['--on', urlOf('postgres')], /has none of the tables of tiny/],
    [
      'another scheme',
      () => ['--on', urlOf('shop').replace('postgres:', 'mysql:')],
      /boss:\*\*\*@.*postgres:\/\//,
    ],
  ])('%s, in one line', async (_, more, says) => {
    const folder = scratch();
    writeTiny(folder);
    await expectRefused(folder, ['run', './design.ts', '--quiet', ...more()], says);
  });
});
