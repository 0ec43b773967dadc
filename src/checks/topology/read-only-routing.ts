import { z } from 'zod';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around } from './around.ts';
import { type Login, pooledClient, requestLogin } from './clients.ts';
import { Notes } from './notes.ts';
import { goOnThrough, inOrder, servedBy, serverNames, tooManyToMeet, whereSql } from './served-by.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** Clients of the reader entry must be served again so soon after a replica died. */
  withinMs: z.int().positive().default(15_000),
});

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

async function* runRouting(
  context: CheckContext,
  { withinMs }: z.infer<typeof parameters>,
): AsyncGenerator<Sighting, Judgement, void> {
  const { topology } = around(context);
  const { pooler } = context.design.topology;
  if (pooler?.reader === undefined) return judge([], ['the design names no reader entry of the pooler']);
  const { reader, writer } = pooler;
  const unmet = tooManyToMeet(context, topology.replicas.length);
  if (unmet !== undefined) return judge([], [unmet]);
  const login = await requestLogin(context);
  const notes = new Notes();
  const atWriter = await servedBy(context, login, writer);
  yield* notes.see(
    {
      subject: writer,
      way: 'who answers',
      statement: whereSql,
      expected: 'primary',
      actual: serverNames(atWriter),
    },
    serverNames(atWriter) === 'primary',
    `entry ${writer} of the pooler`,
  );
  const replicas = topology.replicas.map(({ name }) => name);
  const hosts = new Set(topology.pooler?.entries.find(({ name }) => name === reader)?.hosts).size;
  const reachable = topology.notes.length > 0 ? replicas.slice(0, hosts) : replicas;
  const atReader = await servedBy(context, login, reader);
  yield* notes.see(
    {
      subject: reader,
      way: 'who answers',
      statement: whereSql,
      expected: inOrder(reachable),
      actual: serverNames(atReader),
    },
    serverNames(atReader) === inOrder(reachable),
    `entry ${reader} of the pooler`,
  );
  if (context.stopAtFirstBreach && notes.breaches.length > 0) return judge(notes.breaches, []);
  const written = await attemptWrite(context, login, reader);
  yield* notes.see(
    { subject: reader, way: 'write', statement: write, expected: 'error 25006', actual: written },
    written.startsWith('error 25006'),
    `entry ${reader} of the pooler`,
  );
  if (reachable.length < 2) return judge(notes.breaches, ['one replica alone: none is left when it dies']);
  yield* survivesDeath(context, notes, login, reader, withinMs);
  return judge(notes.breaches, []);
}

async function* survivesDeath(
  context: CheckContext,
  notes: Notes,
  login: Login,
  reader: string,
  withinMs: number,
): AsyncGenerator<Sighting> {
  const { topology } = around(context);
  const [victim, ...others] = topology.replicas;
  if (victim === undefined) return;
  const expected = `all clients are served by ${others.map(({ name }) => name).join(', ')} within ${withinMs} ms`;
  try {
    const { clients, answers, failed, milliseconds } = await goOnThrough(
      context,
      login,
      reader,
      4 * topology.replicas.length,
      () => victim.kill(),
      withinMs,
    );
    const served = serverNames(answers);
    yield* notes.see(
      {
        subject: reader,
        way: `${victim.name} is killed while clients are connected`,
        statement: whereSql,
        expected,
        actual: `${answers.length} of ${clients} served by ${served} within ${milliseconds.toFixed(0)} ms, after ${failed} errors`,
      },
      answers.length === clients && answers.every(({ name }) => others.some((each) => each.name === name)),
      `entry ${reader} of the pooler`,
    );
  } finally {
    await victim.start();
  }
}

const write = 'CREATE TEMPORARY TABLE pgattest_written_on_a_replica ()';

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
