import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startCluster } from '../../../src/cluster/cluster.ts';
import type { Entry } from '../../../src/evidence/model.ts';
import { faults } from '../../../src/faults/index.ts';
import { openStand, type Stand } from './stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand();
});
afterAll(() => stand?.close());

beforeEach(({ skip }) => {
  if (!stand.cluster.capabilities.has('pooler')) skip('PgBouncer is not installed');
});

/** Each held, and each of its counterexamples was noticed: that is what proved means. */
describe.each([
  ['replicas', ['replica-killed replica_1', 'replay-delayed 600s']],
  ['lag', ['replay-delayed 2s']],
  ['lag-seen', ['file-changed lag.sql: pg_stat_replication', 'replica-killed replica_1']],
  ['routing', ['reader-to-primary pooler', 'reader-to-one-replica pooler']],
  ['entry', ['entry-misled notes replica_1', 'entry-misled notes replica_2']],
  [
    'clients',
    [
      'pooler-value max_client_conn 30',
      'pooler-value pool_mode session',
      'pooler-value auth_type trust',
      'pool-unbounded 25',
    ],
  ],
  ['isolation', ['settings-outlive request.session']],
  [
    'tls',
    [
      'plain-connections pg_hba.conf',
      'trusted-connections pg_hba.conf',
      'pooler-value client_tls_sslmode allow',
    ],
  ],
  [
    'archive',
    [
      'primary-setting archive_command true',
      'primary-setting archive_command false',
      'primary-setting archive_timeout 0',
    ],
  ],
  ['takeover', ['replica-killed replica_2', 'slot-lost replica_2']],
  ['takeover-lossless', ['replica-killed replica_2', 'slot-lost replica_2']],
] as const)('%s', (claim, counterexamples) => {
  test('is proved, and each counterexample is noticed', async () => {
    const { verdict, entries } = await stand.prove(claim);
    expect(said(entries)).toEqual([]);
    expect(verdict).toBe('proved');
    const noticed = entries.flatMap((each) =>
      each.type === 'counterexample' && each.noticed ? [each.fault] : [],
    );
    expect(noticed).toEqual(counterexamples);
  });
});

test('what a client sets for the session is met by the next one, and what it sets for the transaction is not', async () => {
  const local = await stand.try('isolation');
  expect(local.outcome).toBe('held');
  const plain = await stand.try('isolation', faults['settings-outlive']());
  expect(plain.outcome).toBe('broken');
  expect(plain.breaches[0]?.says).toMatch(/another client of the pooler meets .*app\.user = [0-9a-f-]{36}/);
});

test('the evidence says how far replicas are behind, with counts', async () => {
  const { sightings } = await stand.try('lag');
  expect(sightings.map(({ subject }) => subject)).toEqual(['replica_1', 'replica_2']);
  for (const { actual } of sightings)
    expect(actual).toMatch(/^\d+ commits: p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms, max [\d.]+ ms; .*%/);
});

test('a pooler that takes a third of the clients, and says so, refutes the claim', async () => {
  const result = await stand.try('clients', faults['pooler-value']('max_client_conn', '100', true));
  expect(result.outcome).toBe('broken');
  expect(result.breaches[0]).toMatchObject({ object: 'max_client_conn of the pooler' });
  expect(result.breaches[0]?.actual).toMatch(/max_client_conn/);
});

test('commits wait for no replica unless somebody says so, and that refutes', async () => {
  const none = await stand.try('synchronous');
  expect(none).toMatchObject({ outcome: 'broken', breaches: [{ object: 'synchronous_standby_names' }] });
});

test('with a synchronous replica a commit waits until it answers, and not with synchronous_commit = local', async () => {
  const primary = await stand.cluster.primary.connect();
  const names = async (value: string) => {
    await primary.query(`ALTER SYSTEM SET synchronous_standby_names = '${value}'`);
    await primary.query('SELECT pg_reload_conf()');
    await expect
      .poll(
        async () =>
          (await primary.query("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'")).rowCount,
      )
      .toBe(value === '' ? 0 : 1);
  };
  try {
    await names('replica_1');
    expect(await stand.try('synchronous')).toMatchObject({ outcome: 'held', breaches: [] });
    const local = await stand.try(
      'synchronous',
      faults['primary-setting']('synchronous_commit', 'local', 'local'),
    );
    expect(local).toMatchObject({ outcome: 'broken', breaches: [{ object: 'synchronous_commit' }] });
  } finally {
    await names('');
    await primary.end();
  }
});

test('where the servers are not there the claims are unproved, and say what they need', async () => {
  const alone = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  try {
    expect(alone.capabilities).not.toContain('pooler');
    expect(alone.capabilities).not.toContain('replicas');
  } finally {
    await alone.close();
  }
});

/** Whatever did not agree on the cluster as it is. */
function said(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap((each) =>
    each.type === 'observation' && each.trial === 'baseline' && !each.agrees
      ? [`${each.subject}: ${each.way}: ${each.actual}`]
      : [],
  );
}
