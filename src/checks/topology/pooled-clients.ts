import { z } from 'zod';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { poolerOf } from './around.ts';
import { pooledClient, requestLogin } from './clients.ts';
import { asking, connectMany, transactAll } from './many-clients.ts';
import { Notes } from './notes.ts';
import { connectionsSql, watchPeak } from './pool-peak.ts';
import { poolerConfig, poolerNumbers, poolerTotals, tooFewHandles } from './pooler-numbers.ts';

const parameters = z.strictObject({
  kind: z.string(),
  mode: z.enum(['transaction', 'session', 'statement']),
  clients: z.int().positive(),
  /** Connections of the pooler to the primary at most, while all of them are there. */
  serverConnections: z.int().positive(),
});
type Parameters = z.infer<typeof parameters>;

/** So many clients at once, really connected, over a few connections to the server. */
export const topologyPooledClients = defineCheck({
  kind: 'topology.pooled-clients',
  family: 'topology',
  says: 'so many clients are connected at the same time, each runs a transaction meanwhile, and the server sees a few connections',
  parameters,
  needs: ['superuser', 'pooler'],
  isolation: 'cluster',
  tables: () => [],
  run: runPooledClients,
  faults: (_, { clients, mode, serverConnections }) => [
    faults['pooler-value']('max_client_conn', String(Math.floor(clients / 10)), true),
    faults['pooler-value']('pool_mode', mode === 'session' ? 'transaction' : 'session', true),
    faults['pooler-value']('auth_type', 'trust', true),
    faults['pool-unbounded'](serverConnections + 20),
  ],
});

async function* runPooledClients(
  context: CheckContext,
  { mode, clients, serverConnections }: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const pooler = poolerOf(context);
  const notes = new Notes();
  const config = await poolerConfig(pooler);
  const now = config.get('pool_mode') ?? '';
  yield* notes.see(
    { subject: 'pooler', way: 'pool_mode', statement: 'SHOW CONFIG', expected: mode, actual: now },
    now === mode,
    'pool_mode of the pooler',
  );
  const auth = `${config.get('auth_type')}${config.get('auth_query') ? ', by auth_query' : ''}`;
  const scram = 'scram-sha-256, by auth_query';
  yield* notes.see(
    { subject: 'pooler', way: 'logins', statement: 'SHOW CONFIG', expected: scram, actual: auth },
    auth === scram,
    'auth_type of the pooler',
  );
  // How soon clients learn that a server is gone: the design's, or what pgattest says in its place.
  const waits = ['query_wait_timeout', 'server_login_retry'].map((key) => `${key} ${config.get(key)} s`);
  yield {
    subject: 'pooler',
    way: 'waits',
    statement: 'SHOW CONFIG',
    expected: 'bounded',
    actual: waits.join(', '),
    agrees: true,
  };
  const done = () => context.stopAtFirstBreach && notes.breaches.length > 0;
  if (done()) return judge(notes.breaches, []);
  const lacking = await tooFewHandles(pooler, clients);
  // A few more than fit at once first: a pool without a bound shows there, and ten thousand take their time.
  const few = Math.min(clients, serverConnections + 20);
  for (const wanted of lacking === undefined ? new Set([few, clients]) : [few]) {
    const lost = yield* fillAndAsk(context, notes, wanted, serverConnections);
    if (lost !== undefined) return judge(notes.breaches, [lost]);
    if (notes.breaches.length > 0) break;
  }
  return judge(notes.breaches, lacking === undefined ? [] : [lacking]);
}

/** Gives the reason when the machine, and not the pooler, cannot have so many. */
async function* fillAndAsk(
  context: CheckContext,
  notes: Notes,
  wanted: number,
  serverConnections: number,
): AsyncGenerator<Sighting, string | undefined, void> {
  const pooler = poolerOf(context);
  const entry = context.design.topology.pooler?.writer ?? '';
  const login = await requestLogin(context);
  const began = performance.now();
  const { clients, refused, machine } = await connectMany(() => pooledClient(context, login, entry), wanted);
  try {
    if (machine !== undefined) return `${clients.length} of ${wanted} clients connected: ${machine}`;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const there = await poolerNumbers(pooler, entry);
    yield* notes.see(
      {
        subject: 'pooler',
        way: `${wanted} clients connect`,
        statement: 'connect; then SHOW LISTS',
        expected: `${wanted} connected`,
        actual: `${clients.length} connected in ${seconds} s${refused === undefined ? '' : `, then: ${refused}`}; the pooler counts ${there.clients}`,
      },
      clients.length === wanted && there.clients >= wanted,
      'max_client_conn of the pooler',
    );
    if (notes.breaches.length > 0) return undefined;
    const before = await poolerTotals(pooler, entry);
    const watched = watchPeak(context, pooler, entry, serverConnections);
    const answers = await transactAll(clients, watched.settled).finally(() => watched.stop());
    const peak = await watched.peak;
    const after = await poolerTotals(pooler, entry);
    yield* notes.see(
      {
        subject: 'pooler',
        way: `${wanted} transactions, ${Math.min(asking, wanted)} at a time`,
        statement: 'BEGIN; SELECT set_config(…, true); SELECT current_setting(…); COMMIT',
        expected: `${wanted} served, each with its own setting`,
        actual: `${answers.good} served in ${answers.milliseconds.toFixed(0)} ms, the slowest in ${answers.slowest.toFixed(0)} ms${answers.error === undefined ? '' : `; ${answers.error}`}`,
      },
      answers.good === wanted,
      'the pooler',
    );
    const counted = after.transactions - before.transactions;
    yield* notes.see(
      {
        subject: 'pooler',
        way: 'its own statistics',
        statement: 'SHOW STATS_TOTALS; SHOW POOLS',
        expected: `${wanted} transactions at least`,
        actual: `${counted} transactions of ${after.queries - before.queries} queries that waited ${((after.waitedMs - before.waitedMs) / Math.max(1, counted)).toFixed(1)} ms each for a connection; at the fullest ${peak.waiting} clients waited, the first of them for ${peak.longestWaitMs} ms`,
      },
      counted >= wanted,
      'the pooler',
    );
    yield* notes.see(
      {
        subject: 'primary',
        way: `connections of the pooler, at most, for ${wanted} clients`,
        statement: connectionsSql,
        expected: `at most ${serverConnections}`,
        actual: `${peak.connections}, ${peak.looks} looks`,
      },
      peak.connections <= serverConnections && peak.connections > 0,
      'default_pool_size of the pooler',
    );
    return undefined;
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
}
