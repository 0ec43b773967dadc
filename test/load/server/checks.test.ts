import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import type { Entry } from '../../../src/evidence/model.ts';
import { faults } from '../../../src/faults/index.ts';
import { k6IsAtHand } from '../../../src/load/k6/at-hand.ts';
import { notes } from '../notes/design.ts';
import { openStand, type Stand } from './checks-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(notes(), import.meta.filename);
});
afterAll(() => stand?.close());

type Skips = Pick<TestContext, 'skip'>;
const needsPooler = ({ skip }: Skips) => {
  if (!stand.cluster.capabilities.has('pooler')) skip('PgBouncer is not installed');
};
const needsK6 = ({ skip }: Skips) => {
  if (!k6IsAtHand()) skip('no Go to build k6 with');
};

function noticed(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap((each) => (each.type === 'counterexample' && each.noticed ? [each.fault] : []));
}

/** Why, and what did not agree with nothing broken: what a failed test should show. */
function said(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap((each) => {
    if (each.type === 'verdict') return each.reason === undefined ? [] : [each.reason];
    return each.type === 'observation' && !each.agrees && each.trial === 'baseline'
      ? [`${each.subject}: ${each.way}: ${each.actual}`]
      : [];
  });
}

describe('load.growth', () => {
  test('of statements with an index is proved, and without one it is noticed', async () => {
    const { verdict, entries } = await stand.prove('growth');
    expect(said(entries)).toEqual([]);
    expect({ verdict, noticed: noticed(entries) }).toEqual({
      verdict: 'proved',
      noticed: ['indexes-hidden all'],
    });
  }, 400_000);

  test('of a statement that reads the whole table is refuted', async () => {
    const { verdict, entries } = await stand.prove('growth-of-whole');
    expect(verdict).toBe('refuted');
    expect(said(entries).join()).toMatch(/note\.longest: [\d.]+ ms with 10 times the rows/);
  }, 400_000);

  test('of a statement that no transaction calls is not exercised', async () => {
    expect(await stand.try('growth-of-none')).toMatchObject({
      outcome: 'not-exercised',
      reason: expect.stringContaining('no transaction of the workload calls note.gone'),
    });
  });

  test('leaves the database as it was', async () => {
    const client = await stand.cluster.primary.connect({ database: 'pgattest' });
    try {
      const { rows } = await client.query(
        'SELECT (SELECT count(*)::int FROM app.note) AS notes, (SELECT count(*)::int FROM pg_index WHERE NOT indisvalid) AS hidden',
      );
      expect(rows).toEqual([{ notes: 10000, hidden: 0 }]);
    } finally {
      await client.end();
    }
  });
});

describe('load.within', () => {
  test('is proved of a job that ends in time, and a server that hardly runs is noticed', async () => {
    const { verdict, entries } = await stand.prove('within');
    expect(said(entries)).toEqual([]);
    expect({ verdict, noticed: noticed(entries) }).toEqual({
      verdict: 'proved',
      noticed: ['server-throttled 0.02'],
    });
  });

  test('is refuted of a job that does not', async () => {
    const { verdict, entries } = await stand.prove('within-nothing');
    expect(verdict).toBe('refuted');
    expect(said(entries).join()).toMatch(/it takes \d+\.\d ms/);
  });
});

test('load.pooled-clients: fifty over four connections are proved', async (context) => {
  needsPooler(context);
  const { verdict, entries } = await stand.prove('clients');
  expect(said(entries)).toEqual([]);
  expect({ verdict, noticed: noticed(entries) }).toEqual({
    verdict: 'proved',
    noticed: ['pooler-value max_client_conn 5', 'server-throttled 0.02'],
  });
}, 400_000);

describe('load.tenant-isolation', () => {
  test('is proved where settings last for the transaction, and settings that outlive it are noticed', async (context) => {
    needsPooler(context);
    needsK6(context);
    const { verdict, entries } = await stand.prove('isolation');
    expect(said(entries)).toEqual([]);
    expect({ verdict, noticed: noticed(entries) }).toEqual({
      verdict: 'proved',
      noticed: ['settings-outlive request.session'],
    });
    expect([...stand.attached.keys()]).toContain('load-small-tenant-isolation.jsonl');
  }, 400_000);

  test('is refuted where they last for the session', async (context) => {
    needsPooler(context);
    needsK6(context);
    const plain = { ...faults['settings-outlive'](), inject: async () => {}, heal: async () => {} };
    const { outcome, breaches } = await stand.try('isolation', plain);
    expect(outcome).toBe('broken');
    expect(breaches[0]?.says).toMatch(/of them wrong/);
  }, 400_000);
});

test('a check that drives no load finds the pooler as it was', async (context) => {
  needsPooler(context);
  needsK6(context);
  const { primary, topology } = stand.cluster;
  const ways = () => topology?.pooler?.entries.map(({ hosts }) => hosts);
  await stand.try('isolation');
  expect(ways()).toEqual([[primary.socketFolder]]);
  await stand.try('within');
  expect(ways()).toEqual([[primary.place.host]]);
}, 400_000);

describe('load.throughput', () => {
  test('is proved of a rate that is held, and every counterexample is noticed', async (context) => {
    needsK6(context);
    const { verdict, entries } = await stand.prove('throughput');
    expect(said(entries)).toEqual([]);
    expect({ verdict, noticed: noticed(entries) }).toEqual({
      verdict: 'proved',
      noticed: ['server-throttled 0.1', 'indexes-hidden busiest', 'errors-let-in 1/500'],
    });
    expect(stand.figures.get('mixed.reads.held')).toBeGreaterThan(50);
    expect([...stand.attached.keys()]).toContain('load-mixed-ceiling-1.jsonl');
  }, 300_000);

  test('of a rate beyond the machine is unproved, for want of machine', async (context) => {
    needsK6(context);
    const { outcome, reason } = await stand.try('absurd');
    expect(outcome).toBe('not-exercised');
    expect(reason).toMatch(/the generator (makes|kept).*takes [\d.,]+ cores.*projected/);
  }, 400_000);

  test('is refuted by rows of another, however fast', async (context) => {
    needsK6(context);
    const { outcome, breaches } = await stand.try('mistaken');
    expect(outcome).toBe('broken');
    expect(breaches[0]?.says).toMatch(/answers had rows that the caller may not see/);
  }, 400_000);
});
