import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import type { Pooler } from '../../../src/cluster/pooler.ts';
import { type ValidDesign, validateDesign } from '../../../src/design/validate.ts';
import { LoadBench } from '../../../src/load/drive/bench.ts';
import { KeptBench } from '../../../src/load/drive/kept-bench.ts';
import { k6IsAtHand } from '../../../src/load/k6/at-hand.ts';
import { database, setStage } from '../../../src/scenarios/stage.ts';
import { designedTopology } from '../../../src/scenarios/wished-topology.ts';
import { notes } from '../notes/design.ts';

const { signal } = new AbortController();
const filled = { seed: 1, scale: 1, now: new Date() };

let design: ValidDesign;
let cluster: Cluster;
beforeAll(async () => {
  design = validateDesign(notes(), import.meta.filename);
  cluster = await startCluster({
    on: 'auto',
    settings: design.postgres.settings,
    throwaway: true,
    topology: { wish: designedTopology(design), database },
  });
  await setStage(cluster, design, { ...filled, signal, onEvent: () => {} });
});
afterAll(() => cluster?.close());

beforeEach(({ skip }) => {
  if (!k6IsAtHand()) skip('no Go to build k6 with');
  if (cluster.topology?.pooler === undefined) skip('PgBouncer is not installed');
});

function pooler(): Pooler {
  const found = cluster.topology?.pooler;
  if (found === undefined) throw new Error('no pooler');
  return found;
}

/** A bench that is kept, and what was driven with it. */
function keep(kept = new KeptBench()) {
  const said: string[] = [];
  const progress = (says: string) => void said.push(says);
  const open = () => LoadBench.open({ cluster, design, database, filled, signal, progress });
  return { kept, said, take: async () => (await kept.take(open)).for({ design, progress }) };
}

test('who asks again finds the decks drawn; closed, the pooler is as it was and all is made anew', async () => {
  const before = pooler().entries;
  const { kept, take } = keep();
  try {
    const first = await (await take()).deck('mixed', 50);
    expect(pooler().entries).not.toEqual(before);
    const again = await take();
    expect((await again.deck('mixed', 50)).file).toBe(first.file);
    expect((await again.deck('mixed', 60)).file).not.toBe(first.file);
    expect((await again.deck('mixed', 50, { change: (each) => each })).file).not.toBe(first.file);
    const altered = again.for({ design: { ...design }, progress: () => {} });
    expect((await altered.deck('mixed', 50)).file).not.toBe(first.file);
    await kept.close();
    expect(pooler().entries).toEqual(before);
    expect(existsSync(path.dirname(first.file))).toBe(false);
    await kept.close();
    const anew = await (await take()).deck('mixed', 50);
    expect(path.dirname(anew.file)).not.toBe(path.dirname(first.file));
  } finally {
    await kept.close();
  }
});

test('one that could not be opened is no hindrance', async () => {
  const { entries } = pooler();
  const { kept, take } = keep();
  const fails = () => Promise.reject(new Error('not today'));
  await expect(kept.take(fails)).rejects.toThrow('not today');
  await kept.close();
  expect((await take()).generator).toMatch(/^k6 v/);
  // Where the pooler goes anyway it is not asked.
  await kept.discard();
  expect(pooler().entries).not.toEqual(entries);
  await pooler().change((input) => ({ ...input, entries }));
});

test('connections are warmed up when they are new, and then no more', async () => {
  const { kept, said, take } = keep();
  try {
    const bench = await take();
    const { file } = await bench.deck('small', 50);
    const warm = async (clients: number, deck = file) => {
      said.length = 0;
      await bench.warmUp({ deck, target: await bench.entry(), clients, says: 'warm' });
      return said.length > 0;
    };
    expect(await warm(2)).toBe(true);
    expect(await warm(2)).toBe(false);
    // The pool is of four.
    expect(await warm(6)).toBe(true);
    expect(await warm(9)).toBe(false);
    const other = await bench.deck('mixed', 50);
    expect(await warm(6, other.file)).toBe(true);
    expect([await warm(6), await warm(6, other.file)]).toEqual([false, false]);
    await pooler().ask('RECONNECT');
    expect(await warm(6)).toBe(true);
    expect(await warm(6, other.file)).toBe(true);
    await pooler().restart();
    expect(await warm(6)).toBe(true);
  } finally {
    await kept.close();
  }
}, 120_000);
