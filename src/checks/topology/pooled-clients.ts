import type pg from 'pg';
import { z } from 'zod';
import type { Breach } from '../../evidence/model.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { poolerOf } from './around.ts';
import { pooledClient, requestLogin } from './clients.ts';

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
  says: 'so many clients are connected at the same time, each gets an answer, and the server sees a few connections',
  parameters,
  needs: ['superuser', 'pooler'],
  isolation: 'cluster',
  tables: () => [],
  run: runPooledClients,
  faults: (_, { clients, mode }) => [
    faults['pooler-value']('max_client_conn', String(Math.floor(clients / 10)), true),
    faults['pooler-value']('pool_mode', mode === 'session' ? 'transaction' : 'session', true),
  ],
});

/** So many log in side by side: TLS and SCRAM are work for both ends. */
const abreast = 64;
/** So many ask at a time, once all are there. */
const asking = 200;

async function* runPooledClients(
  context: CheckContext,
  { mode, clients: wanted, serverConnections }: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const pooler = poolerOf(context);
  const writer = context.design.topology.pooler?.writer ?? '';
  const breaches: Breach[] = [];
  const configured = new Map(
    (await pooler.ask('SHOW CONFIG')).map((row) => [String(row.key), String(row.value)]),
  );
  const say = function* (
    sighting: Omit<Sighting, 'subject' | 'agrees'> & { readonly object: string },
    agrees: boolean,
  ): Generator<Sighting> {
    const { object, ...rest } = sighting;
    yield { subject: 'pooler', ...rest, agrees };
    if (!agrees)
      breaches.push({
        says: `${rest.way}: ${rest.actual}`,
        object,
        expected: rest.expected,
        actual: rest.actual,
      });
  };
  yield* say(
    {
      way: 'pool_mode',
      statement: 'SHOW CONFIG',
      expected: mode,
      actual: configured.get('pool_mode') ?? '',
      object: 'pool_mode of the pooler',
    },
    configured.get('pool_mode') === mode,
  );
  if (context.stopAtFirstBreach && breaches.length > 0) return judge(breaches, []);
  const login = await requestLogin(context);
  const clients: pg.Client[] = [];
  try {
    const started = performance.now();
    const refused = await connectAll(() => pooledClient(context, login, writer), wanted, clients);
    const seconds = (performance.now() - started) / 1000;
    yield* say(
      {
        way: `${wanted} clients connect`,
        statement: 'connect',
        expected: `${wanted} connected`,
        actual: `${clients.length} connected in ${seconds.toFixed(1)} s${refused === undefined ? '' : `, then: ${refused}`}`,
        object: 'max_client_conn of the pooler',
      },
      clients.length === wanted,
    );
    if (breaches.length > 0) return judge(breaches, []);
    const answers = await askAll(clients);
    const seen = await serverConnectionsOf(context);
    yield* say(
      {
        way: 'each asks, while all are connected',
        statement: 'SELECT 1',
        expected: `${wanted} answers`,
        actual: `${answers.good} answers, the slowest after ${answers.slowest.toFixed(0)} ms${answers.error === undefined ? '' : `; ${answers.error}`}`,
        object: 'the pooler',
      },
      answers.good === wanted,
    );
    yield* say(
      {
        way: 'connections to the primary',
        statement: 'SELECT count(*) FROM pg_stat_activity WHERE usename = …',
        expected: `at most ${serverConnections}`,
        actual: String(seen),
        object: 'default_pool_size of the pooler',
      },
      seen <= serverConnections && seen > 0,
    );
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
  return judge(breaches, []);
}

/** Stops at the first that is refused, and says with what words. */
async function connectAll(
  make: () => pg.Client,
  wanted: number,
  clients: pg.Client[],
): Promise<string | undefined> {
  let refused: string | undefined;
  let begun = 0;
  const worker = async () => {
    while (begun < wanted && refused === undefined) {
      begun++;
      const client = make();
      try {
        await client.connect();
        clients.push(client);
      } catch (error) {
        refused ??= (error as Error).message;
        await client.end().catch(() => undefined);
      }
    }
  };
  await Promise.all(Array.from({ length: abreast }, worker));
  return refused;
}

async function askAll(
  clients: readonly pg.Client[],
): Promise<{ good: number; slowest: number; error?: string }> {
  const queue = [...clients];
  let good = 0;
  let slowest = 0;
  let failed: string | undefined;
  const worker = async () => {
    for (let client = queue.pop(); client !== undefined; client = queue.pop()) {
      const started = performance.now();
      try {
        await client.query('SELECT 1');
        good++;
      } catch (error) {
        failed ??= (error as Error).message;
      }
      slowest = Math.max(slowest, performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: asking }, worker));
  return { good, slowest, ...(failed === undefined ? {} : { error: failed }) };
}

async function serverConnectionsOf(context: CheckContext): Promise<number> {
  const [row] = await context.session.query(
    'SELECT count(*)::int AS connections FROM pg_catalog.pg_stat_activity WHERE usename = $1',
    [context.design.request.role],
  );
  return Number(row?.connections);
}
