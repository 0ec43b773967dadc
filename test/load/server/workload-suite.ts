import pg from 'pg';
import { type Design, defineDesign } from 'pgattest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import { openPools } from '../../../src/data/pools.ts';
import type { ValidDesign } from '../../../src/design/validate.ts';
import { deckHeader, deckTransactions } from '../../../src/load/deck/make-deck.ts';
import type { DeckHeader, DeckTransaction } from '../../../src/load/deck/model.ts';
import type { World } from '../../../src/load/workload/draw.ts';
import { buildStage } from '../../../src/scenarios/stage.ts';
import { placedDesign } from '../../../src/vitest/placed-design.ts';

const seed = 1;
const now = new Date();
/** Of what did not hold: the rest is more of the same. */
const few = 5;
/** Draws of each kind of transaction, by scale: the least rows there are, and several blocks. */
const draws = { 1: 50, 3: 30 } as const;

/** That every transaction of a design's workload is what its actor may do, whatever is drawn; and what its mixes say they are. */
export function workloadSuite(design: Design): void {
  const { workload } = design;
  if (workload === undefined) throw new Error(`${design.name} has no workload`);
  const kinds = Object.keys(workload.transactions);
  // A mix of each kind alone, beside the design's own.
  const alone = Object.fromEntries(kinds.map((kind) => [`only ${kind}`, { [kind]: 1 }]));
  const valid = placedDesign(
    defineDesign({ ...design, workload: { ...workload, mixes: { ...workload.mixes, ...alone } } }),
  );
  let cluster: Cluster;
  const worlds = new Map<number, World>();

  const name = (scale: number) => `scale_${scale}`;
  beforeAll(async () => {
    cluster = await startCluster({ on: 'auto', settings: design.postgres.settings, throwaway: true });
    for (const scale of Object.keys(draws).map(Number)) {
      await cluster.primary.createDatabase(name(scale));
      await buildStage(cluster, name(scale), valid, {
        seed,
        scale,
        now,
        signal: new AbortController().signal,
        onEvent: () => undefined,
      });
      worlds.set(scale, { seed, scale, now, pools: await openPools(seed) });
    }
  });
  afterAll(() => cluster?.close());

  const world = (scale: number): World => worlds.get(scale) as World;

  describe.each(Object.entries(draws))('at scale %s', (scale, transactions) => {
    test.each(kinds)('%s', async (kind) => {
      const { header, deck } = deckOf(valid, world(Number(scale)), `only ${kind}`, transactions);
      const client = await cluster.primary.connect({ database: name(Number(scale)) });
      try {
        const faults: string[] = [];
        for (const transaction of deck) {
          faults.push(...(await play(client, header, transaction, design.request.role, 'ROLLBACK')));
        }
        expect(faults.slice(0, few)).toEqual([]);
      } finally {
        await client.end();
      }
    });
  });

  test('several clients play the same transactions again and again', async () => {
    const { header, deck } = deckOf(valid, world(1), 'mixed', 8);
    const short = deckOf(valid, world(1), 'small', 16);
    const write = deckOf(valid, world(1), 'write', 8);
    const whole = [...deck, ...short.deck, ...write.deck, ...deck];
    const clients = await Promise.all([0, 1, 2, 3].map(() => cluster.primary.connect({ database: name(1) })));
    try {
      const faults = await Promise.all(
        clients.map(async (client, turn) => {
          const found: string[] = [];
          for (const [index] of whole.entries()) {
            const transaction = whole[(index + 3 * turn) % whole.length] as DeckTransaction;
            found.push(...(await play(client, header, transaction, design.request.role, 'COMMIT')));
          }
          return found;
        }),
      );
      expect(faults.flat().slice(0, few)).toEqual([]);
    } finally {
      for (const client of clients) await client.end();
    }
  });

  test.each(Object.entries({ read: [1, 0], write: [0, 1], mixed: [5, 1], hot: [5, 1] }))(
    'the mix %s is what its name says',
    (mix, [reads, writes]) => {
      if (workload.mixes[mix] === undefined) return expect(mix).toBe('hot');
      const { header, deck } = deckOf(valid, world(1), mix, 60);
      const count = { read: 0, write: 0 };
      for (const [statement] of deck.flatMap(({ calls }) => calls)) {
        count[header.statements[statement]?.kind ?? 'read']++;
      }
      const all = count.read + count.write;
      expect([count.read / all, count.write / all]).toEqual([
        (reads ?? 0) / ((reads ?? 0) + (writes ?? 0)),
        (writes ?? 0) / ((reads ?? 0) + (writes ?? 0)),
      ]);
    },
  );

  test('every statement and every kind of transaction is used', () => {
    const used = Object.values(workload.mixes).flatMap((mix) => Object.keys(mix));
    expect(new Set(used)).toEqual(new Set(kinds));
    const called = kinds.flatMap((kind) => {
      const { header, deck } = deckOf(valid, world(1), `only ${kind}`, 10);
      return deck.flatMap(({ calls }) => calls.map(([statement]) => header.statements[statement]?.name));
    });
    expect(new Set(called)).toEqual(new Set(Object.keys(workload.statements)));
  });
}

function deckOf(design: ValidDesign, world: World, mix: string, transactions: number) {
  const options = { world, mix, transactions };
  return { header: deckHeader(design, options), deck: [...deckTransactions(design, options)] };
}

/** Plays one transaction as a generator would; what did not hold, in words. */
async function play(
  client: pg.Client,
  header: DeckHeader,
  { transaction, settings, calls }: DeckTransaction,
  role: string,
  end: 'COMMIT' | 'ROLLBACK',
): Promise<string[]> {
  const faults: string[] = [];
  await client.query(`BEGIN; SET LOCAL ROLE ${pg.escapeIdentifier(role)}`);
  try {
    for (const [setting, value] of Object.entries(settings)) {
      await client.query('SELECT set_config($1, $2, true)', [setting, value]);
    }
    for (const [index, values, expected] of calls) {
      const { name, sql } = header.statements[index] ?? { name: '', sql: '' };
      const says = (what: string) => `${transaction}: ${name} (${values.join(', ')}): ${what}`;
      let result: pg.QueryArrayResult<unknown[]>;
      try {
        result = await client.query({ text: sql, values: [...values], rowMode: 'array' });
      } catch (error) {
        return [...faults, says((error as Error).message)];
      }
      const count = result.rowCount ?? 0;
      const { rows = count, atLeast = 0, own } = expected ?? {};
      if (count !== rows) faults.push(says(`${count} rows, not ${rows}`));
      if (count < atLeast) faults.push(says(`${count} rows, not ${atLeast} or more`));
      for (const row of own === undefined ? [] : result.rows) {
        const seen = String(row[own?.[0] ?? 0]);
        if (!own?.[1].includes(seen)) faults.push(says(`a row of ${seen}`));
      }
    }
    return faults;
  } finally {
    await client.query(end);
  }
}
