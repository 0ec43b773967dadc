import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import type { LedgerCounts } from '../../../src/recovery/ledger/model.ts';
import { startLedger } from '../../../src/recovery/ledger/writers.ts';
import {
  acknowledged,
  administer,
  compare,
  database,
  ledgerCluster,
  login,
  tenants,
  wrongs,
} from './ledger-stand.ts';

let cluster: Cluster;
let counts: LedgerCounts;
let folder: string;
let file: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgattest-test-'));
  file = path.join(folder, 'ledger.jsonl');
  cluster = await ledgerCluster();
  const route = () => login(cluster.primary);
  const load = await startLedger({ file, route, writers: 4, tenants, signal: new AbortController().signal });
  await acknowledged(load, 400);
  counts = await load.stop();
});
afterAll(async () => {
  await cluster?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Without foreign keys and triggers, and with them again. */
const unchecked = 'SET session_replication_role = replica';
const post = 'SET session_replication_role = origin; SELECT pgattest_ledger.post';
/** The third commit of the first writer. */
const third = 'writer = 0 AND number = 3';
const entryId = `(SELECT id FROM pgattest_ledger.entry WHERE ${third})`;

const sums = 'the balance of each account is the sum of its movements';
const nothing = 'the balances of each tenant add up to 0';
const homeless = 'each movement is of an entry that is there';
const pairs = 'each entry has two movements, which cancel out';
const recorded = 'each entry has its audit record, once';
const stray = 'no audit record is of an entry that is not there';
const tenant = 'each entry is of the tenant that it was sent for';
const sequences = 'the sequences are not behind the ids';

const damages: readonly [what: string, sql: string, wrong: Record<string, unknown>][] = [
  [
    'a transaction that is gone, and with it what its balances had',
    `WITH e AS (DELETE FROM pgattest_ledger.entry WHERE ${third} RETURNING *),
      m AS (DELETE FROM pgattest_ledger.movement USING e WHERE entry_id = e.id),
      a AS (DELETE FROM pgattest_ledger.audit USING e WHERE entry_id = e.id)
    UPDATE pgattest_ledger.account SET balance = balance + CASE account.id WHEN moved_from THEN amount ELSE -amount END
    FROM e WHERE account.id IN (moved_from, moved_to)`,
    { lost: 1, reordered: 1 },
  ],
  [
    'an entry that is gone from between its rows',
    `DELETE FROM pgattest_ledger.entry WHERE ${third}`,
    { lost: 1, reordered: 1, torn: 1, broken: [homeless, stray] },
  ],
  [
    'a movement that is gone',
    `DELETE FROM pgattest_ledger.movement WHERE entry_id = ${entryId} AND amount > 0`,
    { torn: 1, broken: [sums, pairs] },
  ],
  [
    'an audit record that is gone',
    `DELETE FROM pgattest_ledger.audit WHERE entry_id = ${entryId}`,
    { torn: 1, broken: [recorded] },
  ],
  [
    'an audit record that says something else',
    `UPDATE pgattest_ledger.audit SET "row" = "row" || '{"amount": 1000}' WHERE entry_id = ${entryId}`,
    { torn: 1 },
  ],
  [
    'an amount that was changed everywhere',
    `UPDATE pgattest_ledger.entry SET amount = 1000 WHERE ${third};
    UPDATE pgattest_ledger.movement SET amount = 1000 * sign(amount) WHERE entry_id = ${entryId};
    UPDATE pgattest_ledger.audit SET "row" = "row" || '{"amount": 1000}' WHERE entry_id = ${entryId}`,
    { torn: 1, broken: [sums] },
  ],
  [
    'a balance that was changed',
    'UPDATE pgattest_ledger.account SET balance = balance + 1 WHERE id = (SELECT min(id) FROM pgattest_ledger.account)',
    { broken: [sums, nothing] },
  ],
  ['a commit that nobody sent', `${post}(0, 1000000, 0)`, { phantom: 1 }],
  ['a writer that nobody knows', `${post}(99, 1, 0)`, { phantom: 1 }],
  ['a commit that is there twice', `${post}(0, 3, 0)`, { duplicate: 1 }],
  [
    'two commits that changed places',
    `UPDATE pgattest_ledger.entry SET number = 7 - number WHERE writer = 0 AND number IN (3, 4)`,
    { reordered: 1, torn: 2, broken: [tenant] },
  ],
  [
    'a commit of another tenant',
    `UPDATE pgattest_ledger.entry SET tenant = (tenant + 1) % 3 WHERE ${third}`,
    { torn: 1, broken: [tenant] },
  ],
  [
    'a sequence that was set back',
    `SELECT setval(pg_get_serial_sequence('pgattest_ledger.entry', 'id'), 1)`,
    { broken: [sequences] },
  ],
];

describe('damage', () => {
  test('none is found where there is none', async () => {
    const comparison = await compare(cluster.primary, file);
    expect(wrongs(comparison)).toEqual({});
    expect(comparison.invariants).toHaveLength(11);
    expect(comparison.found).toBe(comparison.counts.acknowledged);
    expect(comparison.counts).toEqual(counts);
    expect(Math.min(...comparison.perTenant.map(({ found }) => found))).toBeGreaterThan(0);
  });

  test.each(damages)('%s', async (_, sql, wrong) => {
    const copy = await copied();
    await administer(cluster.primary, `${unchecked}; ${sql}`, copy);
    const comparison = await compare(cluster.primary, file, { of: copy });
    expect(wrongs(comparison)).toEqual(wrong);
    const [named] = [comparison.lost, comparison.torn, comparison.duplicate].flatMap(({ first }) => first);
    if (named !== undefined) {
      expect(named).toMatchObject({ writer: 0, number: 3, tenant: 0, sent: expect.any(Number) });
      expect(named.acknowledged).toBeGreaterThan(named.sent ?? Number.POSITIVE_INFINITY);
    }
  });

  test.each([
    ['DROP SCHEMA pgattest_ledger CASCADE', /missing: account, entry, movement, audit/],
    ['DROP TABLE pgattest_ledger.audit', /missing: audit/],
    ['ALTER TABLE pgattest_ledger.entry DROP COLUMN amount', /column e.amount does not exist/],
  ])('after %s all is lost', async (sql, says) => {
    const copy = await copied();
    await administer(cluster.primary, sql, copy);
    const comparison = await compare(cluster.primary, file, { of: copy });
    expect(comparison).toMatchObject({ found: 0, lost: { count: comparison.counts.acknowledged } });
    const broken = comparison.invariants.filter(({ holds }) => !holds).map(({ actual }) => actual);
    expect(broken).toEqual([expect.stringMatching(says)]);
    const [first] = comparison.lost.first;
    expect(first?.acknowledged).toBeGreaterThanOrEqual(comparison.lost.earliest ?? Number.POSITIVE_INFINITY);
  });

  test('a restore to a moment has what was acknowledged before, and nothing that was sent after', async () => {
    const copy = await copied();
    const all = await compare(cluster.primary, file, { of: copy, cut: { acknowledgedBy: 0, sentAfter: 0 } });
    expect(wrongs(all)).toEqual({ phantom: all.found });
    const last = Math.max(...all.phantom.first.map(({ acknowledged: at = 0 }) => at));
    const before = { acknowledgedBy: last + 1e6, sentAfter: last + 1e6 };
    expect(wrongs(await compare(cluster.primary, file, { of: copy, cut: before }))).toEqual({});
    await administer(cluster.primary, 'TRUNCATE pgattest_ledger.entry CASCADE', copy);
    const none = { acknowledgedBy: 0, sentAfter: 1e6 };
    expect((await compare(cluster.primary, file, { of: copy, cut: none })).lost.count).toBe(0);
  });
});

async function copied(): Promise<string> {
  const copy = await cluster.primary.copyDatabase(database);
  onTestFinished(() => cluster.primary.dropDatabase(copy));
  return copy;
}
