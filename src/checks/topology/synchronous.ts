import { z } from 'zod';
import type { Postgres } from '../../cluster/postgres.ts';
import type { Replica } from '../../cluster/replica.ts';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around } from './around.ts';
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
  faults: () => [
    faults['primary-setting']('synchronous_standby_names', '', 'no replica is synchronous'),
    faults['primary-setting']('synchronous_commit', 'local', 'a commit waits for no replica'),
  ],
});

/** Far longer than a commit takes that waits for nobody. */
const waitsMs = 2_000;

async function* runSynchronous(
  context: CheckContext,
  { replicas: wanted }: z.infer<typeof parameters>,
): AsyncGenerator<Sighting, Judgement, void> {
  const { cluster, topology } = around(context);
  if (!context.host.abilities.has('freeze')) return judge([], ['this host cannot freeze a server']);
  const notes = new Notes();
  const states = await context.session.query(stateSql);
  const names = states.map((row) => String(row.application_name));
  const count = states.filter((row) => row.sync_state === 'sync').length || quorum(states);
  yield* notes.see(
    {
      subject: 'primary',
      way: 'pg_stat_replication',
      statement: stateSql,
      expected: `${wanted} at least`,
      actual: states.map((row) => `${row.application_name} ${row.sync_state}`).join(', ') || 'none',
    },
    count >= wanted,
    'synchronous_standby_names',
  );
  if (notes.breaches.length > 0) return judge(notes.breaches, []);
  const held = topology.replicas.filter(({ name }) => names.includes(name));
  const { waited, done } = await commitWhileFrozen(cluster.primary, held);
  yield* notes.see(
    {
      subject: 'primary',
      way: `a commit while ${names.join(', ')} do not answer`,
      statement: 'SELECT wait_event FROM pg_stat_activity',
      expected: 'waits for SyncRep, and ends when they answer again',
      actual: waited
        ? done
          ? 'waits for SyncRep, and ends when they answer again'
          : 'waits for SyncRep for ever'
        : 'is acknowledged at once',
    },
    waited && done,
    'synchronous_commit',
  );
  return judge(notes.breaches, []);
}

const stateSql = `SELECT application_name, sync_state FROM pg_stat_replication
WHERE sync_state IN ('sync', 'quorum') ORDER BY 1`;

/** With ANY the server tells who may vote, not how many must; the commit below shows that somebody must. */
function quorum(states: readonly { readonly sync_state?: unknown }[]): number {
  return states.filter((row) => row.sync_state === 'quorum').length;
}

async function commitWhileFrozen(
  primary: Postgres,
  replicas: readonly Replica[],
): Promise<{ waited: boolean; done: boolean }> {
  const [writer, watcher] = [await primary.connect({ statementMs }), await primary.connect({ statementMs })];
  let ended = false;
  let commit: Promise<void> = Promise.resolve();
  try {
    const { rows } = await writer.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await Promise.all(replicas.map(({ server }) => server.service.freeze()));
    let waited = false;
    try {
      commit = writer.query("SELECT pg_logical_emit_message(true, 'pgattest', 'synchronous')").then(
        () => {
          ended = true;
        },
        () => undefined,
      );
      await until(async () => {
        const found = await watcher.query<{ waits: boolean }>(
          "SELECT wait_event = 'SyncRep' AS waits FROM pg_stat_activity WHERE pid = $1",
          [rows[0]?.pid],
        );
        waited = found.rows[0]?.waits === true;
        return waited || ended;
      }, waitsMs);
    } finally {
      await Promise.all(replicas.map(({ server }) => server.service.thaw()));
    }
    await until(() => ended, 30_000);
    return { waited, done: ended };
  } finally {
    if (ended) await commit;
    await Promise.allSettled([writer.end(), watcher.end()]);
  }
}
