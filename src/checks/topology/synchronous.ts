import type pg from 'pg';
import { z } from 'zod';
import type { Postgres } from '../../cluster/postgres.ts';
import type { Replica } from '../../cluster/replica.ts';
import { statementMs } from '../../cluster/server.ts';
import { replicaName } from '../../cluster/topology.ts';
import { until } from '../../cluster/until.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around, patience } from './around.ts';
import { Notes } from './notes.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** So many replicas have a commit before it is acknowledged. */
  replicas: z.int().positive(),
});

/** A commit is acknowledged when replicas have it, and not before. */
export const topologySynchronous = defineCheck({
  kind: 'topology.synchronous',
  family: 'topology',
  says: 'a commit is acknowledged once so many replicas have it, and waits while they do not answer',
  parameters,
  needs: ['superuser', 'replicas'],
  isolation: 'cluster',
  tables: () => [],
  run: runSynchronous,
  faults: (context, { replicas }) => [
    faults['primary-setting']('synchronous_standby_names', '', 'no replica is synchronous'),
    faults['primary-setting']('synchronous_commit', 'local', 'a commit waits for no replica'),
    ...(replicas === 1
      ? []
      : [
          faults['primary-setting'](
            'synchronous_standby_names',
            `ANY ${replicas - 1} (${namesOf(context).join(', ')})`,
            'a commit waits for one replica less',
          ),
        ]),
  ],
});

function namesOf({ design }: CheckContext): readonly string[] {
  return Array.from({ length: design.topology.replicas }, (_, index) => replicaName(index));
}

/** Far longer than a commit takes that waits for nobody, or for a replica that answers. */
const waitsMs = 2_000;

async function* runSynchronous(
  context: CheckContext,
  { replicas: wanted }: z.infer<typeof parameters>,
): AsyncGenerator<Sighting, Judgement, void> {
  const { cluster, topology } = around(context);
  if (!context.host.abilities.has('freeze')) return judge([], ['this host cannot freeze a server']);
  const notes = new Notes();
  let states: Awaited<ReturnType<typeof context.session.query>> = [];
  // The setting may have been made a moment ago.
  await until(
    async () => {
      states = await context.session.query(stateSql);
      return states.length >= wanted;
    },
    patience(context, 5_000),
  );
  const names = states.map((row) => String(row.application_name));
  yield* notes.see(
    {
      subject: 'primary',
      way: 'pg_stat_replication',
      statement: stateSql,
      expected: `${wanted} at least`,
      actual: states.map((row) => `${row.application_name} ${row.sync_state}`).join(', ') || 'none',
    },
    states.length >= wanted,
    'synchronous_standby_names',
  );
  if (notes.breaches.length > 0) return judge(notes.breaches, []);
  // All but one less than are wanted: if the commit ends, one less is enough.
  const held = topology.replicas.filter(({ name }) => names.includes(name)).slice(wanted - 1);
  const { waited, done, setting } = await commitWhileFrozen(cluster.primary, held);
  const running = wanted === 1 ? '' : ` and ${wanted - 1} that may vote still can`;
  const expected = 'waits for SyncRep, and ends when they answer again';
  const waits = done ? expected : 'waits for SyncRep for ever';
  yield* notes.see(
    {
      subject: 'primary',
      way: `a commit while ${held.map(({ name }) => name).join(', ')} cannot answer${running}`,
      statement: 'SELECT wait_event FROM pg_stat_activity',
      expected,
      actual: waited ? waits : `is acknowledged within ${waitsMs} ms`,
    },
    waited && done,
    ['off', 'local'].includes(setting) ? 'synchronous_commit' : 'synchronous_standby_names',
  );
  return judge(notes.breaches, []);
}

/** With ANY the server tells who may vote, not how many must; the commit shows that. */
const stateSql = `SELECT application_name, sync_state FROM pg_stat_replication
WHERE sync_state IN ('sync', 'quorum') ORDER BY 1`;

async function commitWhileFrozen(
  primary: Postgres,
  replicas: readonly Replica[],
): Promise<{ waited: boolean; done: boolean; setting: string }> {
  const clients: pg.Client[] = [];
  const connect = async () => {
    const client = await primary.connect({ statementMs });
    clients.push(client);
    return client;
  };
  try {
    const [writer, watcher] = [await connect(), await connect()];
    const { rows } = await writer.query<{ pid: number; setting: string }>(
      "SELECT pg_backend_pid() AS pid, current_setting('synchronous_commit') AS setting",
    );
    let ended = false;
    let waited = false;
    try {
      await Promise.all(replicas.map(({ server }) => server.service.freeze()));
      writer.query("SELECT pg_logical_emit_message(true, 'pgattest', 'synchronous')").then(
        () => {
          ended = true;
        },
        () => undefined,
      );
      // Somebody who answers holds a commit up for a moment too: it must wait all the time.
      await until(() => ended, waitsMs);
      const found = await watcher.query<{ waits: boolean }>(
        "SELECT wait_event = 'SyncRep' AS waits FROM pg_stat_activity WHERE pid = $1",
        [rows[0]?.pid],
      );
      waited = !ended && found.rows[0]?.waits === true;
    } finally {
      await Promise.all(replicas.map(({ server }) => server.service.thaw()));
    }
    await until(() => ended, 30_000);
    return { waited, done: ended, setting: rows[0]?.setting ?? '' };
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
}
