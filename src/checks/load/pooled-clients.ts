import { z } from 'zod';
import { faults } from '../../faults/index.ts';
import { machineOf } from '../../load/judge/usage-figures.ts';
import { sampleUsage, type Usage, usageOf } from '../../load/usage/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around, poolerOf } from '../topology/around.ts';
import { pooledClient, requestLogin } from '../topology/clients.ts';
import { connectMany } from '../topology/many-clients.ts';
import { Notes } from '../topology/notes.ts';
import { watchPeak } from '../topology/pool-peak.ts';
import { poolerTotals, tooFewHandles } from '../topology/pooler-numbers.ts';
import { loadContext, paced } from './bench.ts';
import { type Worked, workInTurns } from './turns.ts';

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
  ratePerSecond: z.number().positive().default(100),
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
  faults: (_, { clients }) => [
    faults['pooler-value']('max_client_conn', String(Math.max(1, Math.floor(clients / 10))), true),
    faults['server-throttled'](0.02),
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
  // With a fault in a fifth of them shows it as well.
  const wanted = context.stopAtFirstBreach ? Math.ceil(asked.clients / 5) : asked.clients;
  context.run.progress(`${wanted} clients connect`);
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
    const usage = await sampleUsage(usageOf(around(context).cluster));
    const worked = await workInTurns(context, clients, { ...asked, seconds }).finally(async () => {
      watched.stop();
      await usage.stop();
    });
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
    const excuse = context.stopAtFirstBreach ? undefined : excuseOf(worked, await usage.stop());
    // Whoever is late for want of a processor says nothing of how long the pooler has its clients wait.
    if (notes.breaches.length > 0 && excuse !== undefined)
      return judge([], [`${excuse}: the waits are not the pooler's alone`]);
    return judge(notes.breaches, []);
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
}

/** Of the time of this program's one thread, and of the machine's processors, from which on work is late for want of them. */
const tooBusy = { thread: 0.8, machine: 0.9 };

function excuseOf({ busy }: Worked, { samples }: Usage): string | undefined {
  const share = (value: number) => `${Math.round(value * 100)} %`;
  if (busy > tooBusy.thread) return `pgattest itself was busy ${share(busy)} of the time`;
  const used = machineOf(samples)?.busy ?? 0;
  return used > tooBusy.machine ? `the machine's processors were busy ${share(used)} of the time` : undefined;
}
