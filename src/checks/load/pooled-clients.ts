import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { z } from 'zod';
import { openPools } from '../../data/pools.ts';
import { faults } from '../../faults/index.ts';
import { deckHeader, deckTransactions } from '../../load/deck/make-deck.ts';
import type { DeckTransaction } from '../../load/deck/model.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { poolerOf } from '../topology/around.ts';
import { pooledClient, requestLogin } from '../topology/clients.ts';
import { connectMany } from '../topology/many-clients.ts';
import { Notes } from '../topology/notes.ts';
import { watchPeak } from '../topology/pool-peak.ts';
import { poolerTotals, tooFewHandles } from '../topology/pooler-numbers.ts';
import { type LoadContext, loadContext, paced } from './bench.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** Connected to the pooler at the same time, each of which works in its turn. */
  clients: z.int().positive(),
  /** Connections of the pooler to the primary, at most. */
  serverConnections: z.int().positive(),
  /** From the moment that a transaction was due to its COMMIT, for 99 of 100. */
  waitMs: z.number().positive(),
  mix: z.string().default('small'),
  /** Transactions a second, of all clients together. */
  ratePerSecond: z.number().positive().default(200),
});
type Parameters = z.infer<typeof parameters>;

/** As many clients as promised work in turn over a few connections, and none waits long for its own. */
export const loadPooledClients = defineCheck({
  kind: 'load.pooled-clients',
  family: 'load',
  says: 'so many clients are connected and work in turn, and none waits long for a connection to the server',
  parameters,
  needs: ['superuser', 'faults', 'pooler'],
  isolation: 'cluster',
  tables: () => [],
  run: runPooledClients,
  faults: (_, { clients, waitMs }) => [
    faults['pooler-value']('max_client_conn', String(Math.max(1, Math.floor(clients / 10))), true),
    faults['server-throttled'](0.02, Math.max(10, waitMs / 40)),
  ],
});

async function* runPooledClients(
  given: CheckContext,
  asked: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const context = loadContext(given);
  const pooler = poolerOf(context);
  const lacking = await tooFewHandles(pooler, asked.clients);
  if (lacking !== undefined) return judge([], [lacking]);
  const entry = pooler.entries[0]?.name ?? '';
  const login = await requestLogin(context);
  const notes = new Notes();
  context.run.progress(`${asked.clients} clients connect`);
  // With a fault in a tenth of them shows it as well.
  const wanted = context.stopAtFirstBreach ? Math.ceil(asked.clients / 5) : asked.clients;
  const { clients, refused, machine } = await connectMany(() => pooledClient(context, login, entry), wanted);
  try {
    if (machine !== undefined)
      return judge([], [`${clients.length} of ${wanted} clients connected: ${machine}`]);
    yield* notes.see(
      {
        subject: 'pooler',
        way: 'connect',
        statement: 'TLS, SCRAM',
        expected: `${wanted} clients`,
        actual: `${clients.length} clients${refused === undefined ? '' : `, then: ${refused}`}`,
      },
      clients.length === wanted,
      'max_client_conn of the pooler',
    );
    if (notes.breaches.length > 0) return judge(notes.breaches, []);
    const before = await poolerTotals(pooler, entry);
    const watched = watchPeak(context, pooler, entry, asked.serverConnections);
    const seconds = context.stopAtFirstBreach ? 5 : paced(context, 20);
    const worked = await work(context, clients, asked, seconds).finally(() => watched.stop());
    const peak = await watched.peak;
    const after = await poolerTotals(pooler, entry);
    const waited = (after.waitedMs - before.waitedMs) / Math.max(1, after.transactions - before.transactions);
    yield* notes.see(
      {
        subject: `${wanted} clients`,
        way: `mix ${asked.mix}, ${asked.ratePerSecond} transactions a second by the clock, in turn`,
        statement: 'BEGIN … COMMIT',
        expected: `99 of 100 within ${asked.waitMs} ms of when they were due`,
        actual: `${worked.done} done, ${worked.failed} failed${worked.error === undefined ? '' : ` (${worked.error})`}; p50 ${worked.p50.toFixed(1)} ms, p99 ${worked.p99.toFixed(1)} ms, max ${worked.max.toFixed(1)} ms; the pooler had them wait ${waited.toFixed(2)} ms each`,
      },
      worked.failed === 0 && worked.p99 <= asked.waitMs,
      'the pool',
    );
    yield* notes.see(
      {
        subject: 'primary',
        way: 'connections of the pooler, at most',
        statement: 'pg_stat_activity',
        expected: `at most ${asked.serverConnections}`,
        actual: `${peak.connections}, ${peak.looks} looks`,
      },
      peak.connections <= asked.serverConnections && peak.connections > 0,
      'default_pool_size of the pooler',
    );
    return judge(notes.breaches, []);
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
}

interface Worked {
  readonly done: number;
  readonly failed: number;
  readonly error?: string;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Transactions fall due by the clock and go to the clients in turn, whether the one before is done or not. */
async function work(
  context: LoadContext,
  clients: readonly pg.Client[],
  { mix, ratePerSecond }: Parameters,
  seconds: number,
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
  const began = performance.now();
  const one = async (turn: number, due: number) => {
    const client = clients[turn % clients.length];
    const transaction = deck[turn % deck.length];
    if (client === undefined || transaction === undefined) return;
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
  took.sort((a, b) => a - b);
  const at = (share: number) =>
    took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN;
  return {
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
    await client.query('BEGIN');
    for (const [name, value] of Object.entries(settings)) {
      await client.query('SELECT set_config($1, $2, true)', [name, value]);
    }
    for (const [at, values] of calls) await client.query(texts[at] ?? '', [...values]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
