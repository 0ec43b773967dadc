import { usualLength } from '../../load/deck/model.ts';
import type { WrittenDeck } from '../../load/deck/write-deck.ts';
import type { Driven, LoadBench } from '../../load/drive/bench.ts';
import { sayWay } from '../../load/drive/plan.ts';
import type { Calibration, Rates } from '../../load/judge/index.ts';
import { benchOf, type LoadContext, paced } from './bench.ts';
import { calibrate } from './calibrate.ts';
import { keep } from './keep.ts';

/** What a design's mix reached here with nothing broken: measured once for all claims of a run. */
export interface Baseline {
  readonly generator: string;
  readonly entry: string;
  readonly calibration: Calibration;
  /** As fast as the clients go, through the entry: runs apart from each other. */
  readonly ceiling: readonly Driven[];
  /** The same straight to the primary, once; absent where the entry is the primary. */
  readonly direct?: Driven;
  /** What the ceiling's runs held in the median, statements a second. */
  readonly held: Rates;
  /** Of the deck: statements of each kind in a transaction, in the mean. */
  readonly perTransaction: Rates;
}

/** Of a run, after the warm-up. */
export const usualSeconds = 30;
const runs = 3;
export const warmUp = 2;

/** Virtual users that keep two cores busy and leave no queue that is all of the latency. */
export const clients = 12;

export async function baselineOf(context: LoadContext, mix: string, seconds: number): Promise<Baseline> {
  return context.remember(`load baseline of ${mix}, ${seconds} s`, async () =>
    measure(context, await benchOf(context), mix, seconds),
  );
}

async function measure(
  context: LoadContext,
  bench: LoadBench,
  mix: string,
  seconds: number,
): Promise<Baseline> {
  const deck = await bench.deck(mix, usualLength);
  const entry = await bench.entry();
  const calls = Math.round((deck.reads + deck.writes) / deck.transactions);
  const closed = { clients, warmUp, seconds: paced(context, seconds, Math.min(5, seconds)) + warmUp };
  const ceiling: Driven[] = [];
  for (let run = 1; run <= runs; run++) {
    const says = `${mix}, as fast as ${clients} clients go, ${entry.says} to the ${entry.name}, ${run} of ${runs}`;
    ceiling.push(await bench.drive({ ...closed, deck: deck.file, target: entry, says }));
  }
  const primary = await bench.primary();
  const direct =
    entry.name === 'primary'
      ? undefined
      : await bench.drive({
          ...closed,
          deck: deck.file,
          target: primary,
          says: `${mix}, straight to the primary`,
        });
  const calibration = await calibrate(context, bench, calls);
  for (const [n, driven] of ceiling.entries()) await keep(context, `${mix}-ceiling-${n + 1}`, driven);
  if (direct !== undefined) await keep(context, `${mix}-direct`, direct);
  return {
    generator: bench.generator,
    entry: sayWay(entry),
    calibration,
    ceiling,
    ...(direct === undefined ? {} : { direct }),
    held: medianOf(ceiling),
    perTransaction: perTransactionOf(deck),
  };
}

export function perTransactionOf({ reads, writes, transactions }: WrittenDeck): Rates {
  return { read: reads / transactions, write: writes / transactions };
}

/** Statements a second over all whole seconds after the warm-up. */
export function meanOf({ seconds }: Driven['measured']): Rates {
  const count = Math.max(1, seconds.length);
  return {
    read: seconds.reduce((sum, { read }) => sum + read, 0) / count,
    write: seconds.reduce((sum, { write }) => sum + write, 0) / count,
  };
}

function medianOf(driven: readonly Driven[]): Rates {
  const means = driven
    .map(({ measured }) => meanOf(measured))
    .sort((a, b) => a.read + a.write - b.read - b.write);
  return means[Math.floor(means.length / 2)] ?? { read: 0, write: 0 };
}
