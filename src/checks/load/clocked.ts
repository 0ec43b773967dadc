import { usualLength } from '../../load/deck/model.ts';
import type { Driven } from '../../load/drive/bench.ts';
import type { MeasuredRun, Rates } from '../../load/judge/index.ts';
import { clients, perTransactionOf, warmUp } from './baseline.ts';
import { benchOf, type LoadContext, paced } from './bench.ts';
import { keep } from './keep.ts';

/** Transactions a second beyond what is asked, at least. */
const spare = 3;

export interface Clocked {
  readonly mix: string;
  /** Statements a second. */
  readonly rates: Rates;
  readonly seconds: number;
  readonly runs: number;
  /** For the evidence and its files. */
  readonly name: string;
}

/** What they gave, and how many virtual users there were for it. */
export interface ClockedRuns {
  readonly driven: readonly Driven[];
  readonly clients: number;
}

/** Runs by the clock at a rate of statements, apart from each other; the deck's proportion decides how many transactions that is. */
export async function clocked(
  context: LoadContext,
  { mix, rates, seconds, runs, name }: Clocked,
): Promise<ClockedRuns> {
  const bench = await benchOf(context);
  const deck = await bench.deck(mix, usualLength);
  const per = perTransactionOf(deck);
  const asked = Math.max(
    per.read === 0 ? 0 : rates.read / per.read,
    per.write === 0 ? 0 : rates.write / per.write,
  );
  // Offered at exactly the target, half of the seconds would fall short of it by chance; where transactions are few, one that is
  // answered a moment later, in the next second, is more than a hundredth.
  const rate = Math.max(1.03 * asked, asked + spare);
  // So many that a pause of some hundred milliseconds finds a client for each transaction.
  const users = Math.max(clients, Math.min(200, Math.ceil(rate / 4)));
  const common = { deck: deck.file, target: await bench.entry(), clients: users };
  await bench.warmUp({ ...common, says: `${mix}, warming up` });
  const driven: Driven[] = [];
  for (let run = 1; run <= runs; run++) {
    driven.push(
      await bench.drive({
        ...common,
        rate,
        seconds: paced(context, seconds, Math.min(5, seconds)) + warmUp,
        warmUp,
        says: `${mix}, ${Math.round(rate)} transactions a second by the clock (${name}), ${run} of ${runs}`,
      }),
    );
  }
  if (!context.stopAtFirstBreach) {
    for (const [n, each] of driven.entries()) await keep(context, `${mix}-${name}-${n + 1}`, each);
  }
  return { driven, clients: users };
}

export function asRun({ measured, usage }: Driven): MeasuredRun {
  return { measured, usage };
}
