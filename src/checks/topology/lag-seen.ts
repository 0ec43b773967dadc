import { z } from 'zod';
import type { Postgres } from '../../cluster/postgres.ts';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around, patience } from './around.ts';
import { Notes } from './notes.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** The file of `config` with the query that the design asks. */
  file: z.string(),
  /** Its column with the name of the replica, and the one with bytes that it is behind. */
  replica: z.string(),
  behind: z.string(),
  /** Who asks; the superuser when not said. */
  role: z.string().optional(),
});
type Parameters = z.infer<typeof parameters>;

/** The design's own query sees a replica that stops, and sees when it is back. */
export const topologyLagSeen = defineCheck({
  kind: 'topology.lag-seen',
  family: 'topology',
  says: "the design's own query tells on the primary how far each replica is behind: nothing, then what a stopped one has missed, then nothing again",
  parameters,
  needs: ['superuser', 'replicas'],
  isolation: 'cluster',
  tables: () => [],
  run: runLagSeen,
  faults: (context, { file }) => [
    faults['file-changed'](
      file,
      /pg_stat_replication/.exec(context.design.config[file] ?? '')?.[0] ?? '',
      nobody,
    ),
    faults['replica-killed'](0),
  ],
});

/** A view of the same columns that has no row. */
const nobody = '(SELECT * FROM pg_catalog.pg_stat_replication WHERE false) AS pg_stat_replication';

/** What is written while a replica stands still. */
const missedBytes = 1_000_000;
const limitMs = 10_000;

async function* runLagSeen(
  context: CheckContext,
  parameters: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { topology } = around(context);
  const { file } = parameters;
  if (context.design.config[file] === undefined) return judge([], [`the design has no file ${file}`]);
  const notes = new Notes();
  const see = (name: string, way: string, expected: string, behind: number | undefined, agrees: boolean) =>
    notes.see(
      {
        subject: name,
        way,
        statement: file,
        expected,
        actual: behind === undefined ? 'no row of it' : `${behind} bytes behind`,
      },
      agrees,
      file,
    );
  for (const { name, server } of topology.replicas) {
    const level = await settles(context, parameters, name, (bytes) => bytes === 0);
    yield* see(name, 'while it follows', '0 bytes behind', level, level === 0);
    if (context.stopAtFirstBreach && notes.breaches.length > 0) return judge(notes.breaches, []);
    const missed = await whileStopped(server, async () => {
      await context.session.query("SELECT pg_logical_emit_message(true, 'pgattest', repeat('x', $1))", [
        missedBytes,
      ]);
      return settles(context, parameters, name, (bytes) => bytes >= missedBytes);
    });
    yield* see(
      name,
      'while its replay is stopped',
      `${missedBytes} bytes behind or more`,
      missed,
      (missed ?? 0) >= missedBytes,
    );
    const again = await settles(context, parameters, name, (bytes) => bytes === 0);
    yield* see(name, 'once it goes on', '0 bytes behind', again, again === 0);
  }
  return judge(notes.breaches, topology.replicas.length === 0 ? ['there is no replica'] : []);
}

/** The replica's bytes, as soon as they are as wished, or the last ones. */
async function settles(
  context: CheckContext,
  { file, replica, behind, role }: Parameters,
  name: string,
  wished: (bytes: number) => boolean,
): Promise<number | undefined> {
  const { session, design } = context;
  const sql = (design.config[file] ?? '').trim().replace(/;$/, '');
  let bytes: number | undefined;
  await until(
    async () => {
      const rows = await (role === undefined ? session.query(sql) : as(session, role, sql));
      const row = rows.find((each) => each[replica] === name);
      const value = row?.[behind];
      bytes = value == null ? undefined : Number(value);
      return bytes !== undefined && wished(bytes);
    },
    patience(context, limitMs),
  );
  return bytes;
}

async function as(session: CheckContext['session'], role: string, sql: string) {
  await session.query(`SET ROLE "${role.replaceAll('"', '""')}"`);
  try {
    return await session.query(sql);
  } finally {
    await session.query('RESET ROLE');
  }
}

async function whileStopped<T>(server: Postgres, work: () => Promise<T>): Promise<T> {
  const client = await server.connect({ statementMs });
  try {
    await client.query('SELECT pg_wal_replay_pause()');
    return await work();
  } finally {
    await client.query('SELECT pg_wal_replay_resume()');
    await client.end();
  }
}
