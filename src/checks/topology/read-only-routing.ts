import type pg from 'pg';
import { z } from 'zod';
import type { Breach } from '../../evidence/model.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around } from './around.ts';
import { type Login, pooledClient, requestLogin } from './clients.ts';

const parameters = z.strictObject({ kind: z.string() });

/** The reader entry leads to the replicas, to each of them, and goes on when one dies; the writer entry leads to the primary. */
export const topologyReadOnlyRouting = defineCheck({
  kind: 'topology.read-only-routing',
  family: 'topology',
  says: 'the reader entry of the pooler leads to the replicas in turn, refuses writes, and survives the death of one; the writer entry leads to the primary',
  parameters,
  needs: ['superuser', 'pooler', 'replicas'],
  isolation: 'cluster',
  tables: () => [],
  run: runRouting,
  faults: () => [faults['reader-to-primary'](), faults['reader-to-one-replica']()],
});

async function* runRouting(context: CheckContext): AsyncGenerator<Sighting, Judgement, void> {
  const { topology, cluster } = around(context);
  const { pooler } = context.design.topology;
  if (pooler?.reader === undefined) return judge([], ['the design names no reader entry of the pooler']);
  const login = await requestLogin(context);
  const breaches: Breach[] = [];
  const note = function* (
    sighting: Omit<Sighting, 'agrees'>,
    agrees: boolean,
    object: string,
  ): Generator<Sighting> {
    yield { ...sighting, agrees };
    if (!agrees) {
      breaches.push({
        says: `${sighting.subject}: ${sighting.way}: ${sighting.actual}`,
        object,
        expected: sighting.expected,
        actual: sighting.actual,
      });
    }
  };
  const writer = await servedBy(context, login, pooler.writer, 4);
  const primary = cluster.primary.tcp.host;
  yield* note(
    {
      subject: pooler.writer,
      way: 'who answers',
      statement: where,
      expected: `${primary}, the primary`,
      actual: words(writer),
    },
    writer.size === 1 && writer.get(`${primary}:${cluster.primary.port}`) === false,
    `entry ${pooler.writer} of the pooler`,
  );
  const replicas = new Set(topology.replicas.map(({ server }) => `${server.tcp.host}:${server.port}`));
  const reachable = new Set(topology.pooler?.entries.find(({ name }) => name === pooler.reader)?.hosts).size;
  const expectedOnes = topology.notes.length > 0 ? reachable : replicas.size;
  const reader = await servedBy(context, login, pooler.reader, 8 * replicas.size);
  yield* note(
    {
      subject: pooler.reader,
      way: 'who answers',
      statement: where,
      expected: `${expectedOnes} replicas`,
      actual: words(reader),
    },
    reader.size === expectedOnes && [...reader].every(([at, recovering]) => replicas.has(at) && recovering),
    `entry ${pooler.reader} of the pooler`,
  );
  if (context.stopAtFirstBreach && breaches.length > 0) return judge(breaches, []);
  const written = await attemptWrite(context, login, pooler.reader);
  yield* note(
    { subject: pooler.reader, way: 'write', statement: write, expected: 'error 25006', actual: written },
    written.startsWith('error 25006'),
    `entry ${pooler.reader} of the pooler`,
  );
  if (replicas.size < 2) return judge(breaches, []);
  const [victim] = topology.replicas;
  await victim?.kill();
  try {
    const began = performance.now();
    const left = await servedBy(context, login, pooler.reader, 4 * replicas.size);
    yield* note(
      {
        subject: pooler.reader,
        way: `${victim?.name} is killed`,
        statement: where,
        expected: 'the other replicas answer',
        actual: `${words(left)}, in ${(performance.now() - began).toFixed(0)} ms`,
      },
      left.size > 0 && [...left].every(([at, recovering]) => replicas.has(at) && recovering),
      `entry ${pooler.reader} of the pooler`,
    );
  } catch (error) {
    yield* note(
      {
        subject: pooler.reader,
        way: `${victim?.name} is killed`,
        statement: where,
        expected: 'the other replicas answer',
        actual: (error as Error).message,
      },
      false,
      `entry ${pooler.reader} of the pooler`,
    );
  } finally {
    await victim?.start();
  }
  return judge(breaches, []);
}

const where = 'SELECT inet_server_addr(), inet_server_port(), pg_is_in_recovery()';
const write = 'CREATE TEMPORARY TABLE pgattest_written_on_a_replica ()';

/** Servers that answer so many clients that hold a transaction open side by side, each with whether it is in recovery. */
async function servedBy(
  context: CheckContext,
  login: Login,
  entry: string,
  clients: number,
): Promise<ReadonlyMap<string, boolean>> {
  const open: pg.Client[] = [];
  const servers = new Map<string, boolean>();
  try {
    for (let n = 0; n < clients; n++) {
      const client = pooledClient(context, login, entry);
      open.push(client);
      await client.connect();
      // Held open, so that the next one needs another server connection.
      await client.query('BEGIN');
      const { rows } = await client.query<{ at: string; recovering: boolean }>(
        "SELECT host(inet_server_addr()) || ':' || inet_server_port() AS at, pg_is_in_recovery() AS recovering",
      );
      servers.set(rows[0]?.at ?? '', rows[0]?.recovering === true);
    }
    return servers;
  } finally {
    await Promise.allSettled(open.map((client) => client.end()));
  }
}

async function attemptWrite(context: CheckContext, login: Login, entry: string): Promise<string> {
  const client = pooledClient(context, login, entry);
  try {
    await client.connect();
    await client.query(write);
    return 'done';
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `error ${code ?? ''}: ${message}`;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function words(servers: ReadonlyMap<string, boolean>): string {
  return (
    [...servers].map(([at, recovering]) => `${at} (${recovering ? 'replica' : 'primary'})`).join(', ') ||
    'nobody'
  );
}
