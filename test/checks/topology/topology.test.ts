import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inOrder } from '../../../src/checks/topology/served-by.ts';
import { startCluster } from '../../../src/cluster/cluster.ts';
import { measureLag } from '../../../src/cluster/lag.ts';
import type { ValidDesign } from '../../../src/design/validate.ts';
import type { Entry } from '../../../src/evidence/model.ts';
import { faults } from '../../../src/faults/index.ts';
import { commitsUnsent } from '../../../src/faults/topology/commits-unsent.ts';
import { oldTls } from '../../../src/faults/topology/old-tls.ts';
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
      'old-tls primary',
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
  ['takeover-lossless', ['replica-killed replica_2', 'slot-lost replica_2', 'commits-unsent primary']],
  ['synchronous', ['primary-setting synchronous_standby_names ', 'primary-setting synchronous_commit local']],
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

test('where one replica is enough for a commit, two are not proved, and where both must have it they are', async () => {
  const one = await stand.try('synchronous-two');
  expect(one).toMatchObject({ outcome: 'broken', breaches: [{ object: 'synchronous_standby_names' }] });
  expect(one.sightings.at(-1)).toMatchObject({
    way: 'a commit while replica_2 cannot answer and 1 that may vote still can',
    actual: 'is acknowledged within 2000 ms',
  });
  const two = faults['primary-setting']('synchronous_standby_names', 'ANY 2 (replica_1, replica_2)', 'both');
  expect(await stand.try('synchronous-two', two)).toMatchObject({ outcome: 'held', breaches: [] });
});

test('a commit that does not wait is the fault of the setting that says so', async () => {
  const local = faults['primary-setting']('synchronous_commit', 'local', 'local');
  expect(await stand.try('synchronous', local)).toMatchObject({
    outcome: 'broken',
    breaches: [{ object: 'synchronous_commit' }],
  });
});

test('what was acknowledged and never sent is lost, and that is what is noticed', async () => {
  const { breaches } = await stand.try('takeover-lossless', commitsUnsent());
  // Logins may be lost with it, and what needs them.
  expect(breaches[0]?.says).toMatch(
    /^replica_\d: what the primary acknowledged before it stopped: [1-9]\d* of \d+ commits are lost/,
  );
});

test('a server that takes TLS 1.1 is noticed by that', async () => {
  const { breaches } = await stand.try('tls', oldTls());
  expect(breaches).toMatchObject([{ says: 'primary: a connection with TLS 1.1: let in, over TLS' }]);
});

test.each([
  [
    'routing',
    (topology) => ({ ...topology, pooler: { ...pooled(topology), poolSize: 1 } }),
    /^2 servers are behind an entry/,
  ],
  ['takeover-lossless', ({ synchronous: _, ...topology }) => topology, /declares no synchronous replica/],
] as const satisfies readonly (readonly [string, Redesigned, RegExp])[])(
  '%s is not exercised by a design that does not allow for it',
  async (claim, redesigned, reason) => {
    const result = await stand.try(claim, {
      ...faults['settings-outlive'](),
      alters: (design) => ({ ...design, topology: redesigned(design.topology) }),
    });
    expect(result).toMatchObject({ outcome: 'not-exercised', breaches: [] });
    expect(result.reason).toMatch(reason);
  },
);

test('servers are told in the order of their numbers, each once', () => {
  expect(inOrder(['replica_10', 'replica_2', 'primary', 'replica_2'])).toBe('primary, replica_2, replica_10');
});

test('a replica that dies while its lag is measured is an error, and nobody waits for the end', async () => {
  const { primary, topology } = stand.cluster;
  const replicas = topology?.replicas ?? [];
  const began = performance.now();
  const measured = measureLag(primary, replicas, { milliseconds: 60_000, patienceMs: 1_000 });
  const failed = expect(measured).rejects.toThrow(/terminated|closed|reset|EPIPE|refused/i);
  const client = await primary.connect();
  try {
    const beat = () =>
      client.query('SELECT beat FROM public.pgattest_heartbeat').then(
        ({ rows }) => Number(rows[0]?.beat),
        () => 0,
      );
    await expect.poll(beat, { timeout: 10_000 }).toBeGreaterThan(5);
    await replicas[1]?.kill();
    await failed;
    expect(performance.now() - began).toBeLessThan(30_000);
  } finally {
    await client.end();
    await replicas[1]?.start();
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

type Topology = ValidDesign['topology'];
type Redesigned = (topology: Topology) => Topology;

function pooled({ pooler }: Topology): NonNullable<Topology['pooler']> {
  if (pooler === undefined) throw new Error('no pooler');
  return pooler;
}

/** Whatever did not agree on the cluster as it is. */
function said(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap((each) =>
    each.type === 'observation' && each.trial === 'baseline' && !each.agrees
      ? [`${each.subject}: ${each.way}: ${each.actual}`]
      : [],
  );
}
