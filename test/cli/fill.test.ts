import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import { ledgerSchema } from '../../src/data/scale/index.ts';
import { expectNothingLeft, expectRefused, pgattest, scratch, start } from './command.ts';
import { writeTiny } from './tiny.ts';

const secret = 'fill-secret';
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  const client = await cluster.primary.connect();
  await client.query(`CREATE ROLE filler SUPERUSER LOGIN PASSWORD ${pg.escapeLiteral(secret)};
                      CREATE ROLE nobody_much LOGIN PASSWORD ${pg.escapeLiteral(secret)}`);
  await client.end();
});
afterAll(() => cluster?.close());

/** `fill` of the tiny design into a database of the test's cluster. */
function into(database: string, ...more: readonly string[]): readonly string[] {
  return ['fill', './design.ts', '--on', urlOf(database), '--allow-writes', database, ...more];
}

function urlOf(database: string, user = 'filler'): string {
  const { host, port } = cluster.primary.tcp;
  return `postgres://${user}:${secret}@${host}:${port}/${database}`;
}

async function one(database: string, sql: string): Promise<unknown> {
  const client = await cluster.primary.connect({ database });
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

const ledger = `SELECT to_regnamespace('${ledgerSchema}') IS NOT NULL AS there`;
/** Enough to be broken off in the middle of, and above what keeps its indexes. */
const many = { rows: '(scale) => 100_000 * scale' };

describe('fill', () => {
  test('of a cluster of its own says what it did and leaves nothing', async () => {
    const folder = scratch();
    writeTiny(folder);
    const { code, stdout, stderr } = await pgattest(folder, ['fill', './design.ts', '--workers', '2']);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^tiny, scale 1, seed 1, as of \S+Z: 6 rows in 1 tables\nload +\d/);
    expect(stderr).toMatch(/^fill: 6 rows, about /m);
    expectNothingLeft(folder);
  });

  test('of an empty database migrates it, and of a filled one is refused', async () => {
    await cluster.primary.createDatabase('filled');
    const folder = scratch();
    writeTiny(folder, many);
    const first = await pgattest(folder, into('filled', '--json', '--now', '2026-03-15T12:00:00Z'));
    expect(first.code, first.stderr).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({
      design: 'tiny',
      database: 'filled',
      rows: { 'app.notes': 100_000 },
      before: 0,
      now: '2026-03-15T12:00:00.000Z',
    });
    expect(await one('filled', 'SELECT count(*)::int FROM app.notes')).toBe(100_000);
    expect(await one('filled', ledger)).toBe(false);
    expect(first.stdout + first.stderr).not.toContain(secret);
    await expectRefused(
      folder,
      into('filled'),
      /app\.notes: holds rows already; give a database whose tables are empty/,
    );
  });

  test('Ctrl-C ends it with 130, and the same command goes on; another is refused', async () => {
    await cluster.primary.createDatabase('broken_off');
    const folder = scratch();
    writeTiny(folder, many);
    const command = into('broken_off', '--scale', '30');
    const begun = start(folder, command);
    await begun.line(/^load /);
    begun.child.kill('SIGINT');
    const { code, stdout, stderr } = await begun.ended;
    expect({ code, stdout }, stderr).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(/^what is loaded stays: the same command goes on from there$/m);
    expect(stderr).toMatch(/^pgattest: interrupted by SIGINT$/m);
    expect(await one('broken_off', ledger)).toBe(true);

    await expectRefused(
      folder,
      into('broken_off', '--scale', '31'),
      /the database: holds a fill that was begun at scale 30; ask for the same/,
    );
    await expectRefused(folder, into('broken_off', '--scale', '30', '--seed', '2'), /begun with seed 1/);
    const again = await pgattest(folder, [...command, '--resume', '--json']);
    expect(again.code, again.stderr).toBe(0);
    expect(await one('broken_off', 'SELECT count(*)::int FROM app.notes')).toBe(3_000_000);
    expect(await one('broken_off', ledger)).toBe(false);
    expect(
      await one('broken_off', "SELECT count(*)::int FROM pg_index WHERE indrelid = 'app.notes'::regclass"),
    ).toBe(1);
    expectNothingLeft(folder);
  }, 60_000);

  test('a lost connection is one line, and the same command goes on', async () => {
    await cluster.primary.createDatabase('lost');
    const folder = scratch();
    writeTiny(folder, many);
    const command = into('lost', '--scale', '20');
    const begun = start(folder, command);
    await begun.line(/^load /);
    await one(
      'postgres',
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'lost' AND query LIKE 'COPY %'",
    );
    const { code, stderr } = await begun.ended;
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(
      /^pgattest: filler@\S+\/lost: the connection was lost \(.*\); see to the server; the same command then goes on from there$/m,
    );
    const again = await pgattest(folder, [...command, '--quiet']);
    expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' });
    expect(await one('lost', 'SELECT count(*)::int FROM app.notes')).toBe(2_000_000);
  }, 60_000);
});

describe('what is refused', () => {
  test.each<[string, Parameters<typeof writeTiny>[1], () => readonly string[], RegExp]>([
    [
      'no leave to write',
      {},
      () => ['fill', './design.ts', '--on', urlOf('postgres')],
      /^pgattest: postgres: filling writes to it; give --allow-writes postgres$/,
    ],
    [
      'leave for another',
      {},
      () => [...into('postgres'), '--allow-writes', 'other'],
      /--allow-writes other: the URL leads to postgres/,
    ],
    [
      'leave where none is needed',
      {},
      () => ['fill', './design.ts', '--allow-writes', 'x'],
      /is its own; leave it out/,
    ],
    ['scale 0', {}, () => ['fill', './design.ts', '--scale', '0'], /--scale/],
    ['a negative scale', {}, () => ['fill', './design.ts', '--scale=-1'], /--scale/],
    ['no number for a scale', {}, () => ['fill', './design.ts', '--scale', 'NaN'], /--scale/],
    ['a huge scale', {}, () => ['fill', './design.ts', '--scale', '1e300'], /--scale/],
    [
      'no workers',
      {},
      () => ['fill', './design.ts', '--workers', '0'],
      /--workers 0: not a number of workers; use 1 to 64/,
    ],
    ['no instant', {}, () => ['fill', './design.ts', '--now', 'soon'], /--now soon: not an instant/],
    [
      'nothing to go on with',
      {},
      () => into('postgres', '--resume'),
      /holds no fill that was begun; leave --resume out/,
    ],
    [
      'no number of rows',
      { rows: '() => Number.NaN' },
      () => into('postgres'),
      /data of app\.notes: NaN is no number of rows/,
    ],
    [
      'rows that cannot be made',
      { owner: '() => { throw new Error("no idea"); }' },
      () => into('postgres'),
      /design\.ts: data of app\.notes\.owner, row 0: no idea; correct the data plan/,
    ],
    [
      'rows that the database refuses',
      { owner: '(cell) => (cell.row > 3 ? null : 1)' },
      () => into('postgres'),
      /design\.ts: null value in column "owner".*; correct the data plan/,
    ],
    [
      'a role that is no superuser',
      {},
      () => ['fill', './design.ts', '--on', urlOf('postgres', 'nobody_much'), '--allow-writes', 'postgres'],
      /filling takes a superuser, and nobody_much is none/,
    ],
  ])('%s', async (_, changed, args, says) => {
    const folder = scratch();
    writeTiny(folder, changed);
    await expectRefused(folder, args(), says);
  });

  test('a second fill of the same database', async () => {
    await cluster.primary.createDatabase('busy');
    const folder = scratch();
    writeTiny(folder, many);
    const first = start(folder, into('busy', '--scale', '30'));
    await first.line(/^load /);
    await expectRefused(
      folder,
      into('busy', '--scale', '30', '--quiet'),
      /the database: another fill is at work in it; wait until it has ended/,
    );
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(130);
  }, 60_000);
});
