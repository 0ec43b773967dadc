import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { openPools } from '../../data/pools.ts';
import { deckHeader, deckTransactions } from '../../load/deck/make-deck.ts';
import type { DeckTransaction } from '../../load/deck/model.ts';
import type { LoadContext } from './bench.ts';

export interface Turns {
  readonly mix: string;
  readonly ratePerSecond: number;
  readonly seconds: number;
}

/** Milliseconds from when a transaction was due to its COMMIT. */
export interface Worked {
  /** Share of the time that this program's one thread worked, 0 to 1. */
  readonly busy: number;
  readonly done: number;
  readonly failed: number;
  readonly error?: string;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Transactions fall due by the clock and go to the clients in turn, whether the one before is done or not. */
export async function workInTurns(
  context: LoadContext,
  clients: readonly pg.Client[],
  { mix, ratePerSecond, seconds }: Turns,
): Promise<Worked> {
  const { design, run } = context;
  const options = {
    world: { ...run.filled, pools: await openPools(run.filled.seed) },
    mix,
    transactions: 500,
  };
  const texts = deckHeader(design, options).statements.map(({ sql }) => sql);
  const deck = [...deckTransactions(design, options)];
  const took: number[] = [];
  let failed = 0;
  let error: string | undefined;
  const idle = performance.eventLoopUtilization();
  const began = performance.now();
  // Whose turn comes again before it is done waits for itself: two transactions on one connection would be one.
  const under = new Map<pg.Client, Promise<void>>();
  const one = async (turn: number, due: number) => {
    const client = clients[turn % clients.length];
    const transaction = deck[turn % deck.length];
    if (client === undefined || transaction === undefined) return;
    const before = under.get(client);
    const done = (async () => {
      await before;
      await timed(client, transaction, due);
    })();
    under.set(client, done);
    await done;
  };
  const timed = async (client: pg.Client, transaction: DeckTransaction, due: number) => {
    try {
      await play(client, transaction, texts);
      took.push(performance.now() - due);
    } catch (caught) {
      failed++;
      error ??= (caught as Error).message;
    }
  };
  const all: Promise<void>[] = [];
  for (let turn = 0; turn < seconds * ratePerSecond; turn++) {
    run.signal.throwIfAborted();
    const due = began + (turn * 1000) / ratePerSecond;
    const early = due - performance.now();
    if (early > 0) await delay(early);
    all.push(one(turn, due));
  }
  await Promise.all(all);
  const busy = performance.eventLoopUtilization(idle).utilization;
  took.sort((a, b) => a - b);
  const at = (share: number) =>
    took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN;
  return {
    busy,
    done: took.length,
    failed,
    ...(error === undefined ? {} : { error }),
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
  };
}

async function play(
  client: pg.Client,
  { settings, calls }: DeckTransaction,
  texts: readonly string[],
): Promise<void> {
  try {
    const made = Object.entries(settings).map(
      ([name, value]) => `SELECT set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, true)`,
    );
    await client.query(['BEGIN', ...made].join('; '));
    for (const [at, values] of calls) await client.query(texts[at] ?? '', [...values]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
