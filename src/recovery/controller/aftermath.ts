import type { Postgres } from '../../cluster/postgres.ts';
import type { Replica } from '../../cluster/replica.ts';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import type { Scene, Seen } from '../model.ts';
import type { FailedOver } from './failover.ts';
import { rejoin } from './rejoin.ts';

const archivedMs = 20_000;
const caughtUpMs = 15_000;

/** After a failover: who is the primary, who follows it, what is archived, and that the old primary is back as a replica. */
export async function aftermath(
  scene: Scene,
  outcome: Extract<FailedOver, { readonly state: 'promoted' }>,
): Promise<readonly Seen[]> {
  const { promoted, followers, stray } = outcome;
  const rejoined = await seeRejoined(scene, promoted, followers);
  return [
    ...followers.map(({ name }) => follower(promoted, name, undefined)),
    ...stray.map(({ name, why }) => follower(promoted, name, why)),
    rejoined,
    ...(await seeWaiting(scene, promoted.server)),
    ...(await seeArchived(scene, promoted.server)),
  ];
}

const follower = ({ name: primary }: Replica, name: string, why: string | undefined): Seen => ({
  subject: name,
  way: `led to ${primary}, once that was promoted`,
  statement: 'primary_conninfo; SELECT state FROM pg_stat_replication',
  expected: 'it streams from the new primary',
  actual: why ?? 'it streams',
  agrees: why === undefined,
});

async function seeRejoined(scene: Scene, promoted: Replica, followers: readonly Replica[]): Promise<Seen> {
  const seen = {
    subject: 'old primary',
    way: 'joins again',
    statement: 'pg_rewind, or a new copy',
    expected: 'it streams from the new primary and has applied what that had',
  };
  try {
    const { by, why, milliseconds } = await rejoin(scene, promoted, followers);
    const because = why === undefined ? '' : `, since ${why}`;
    return { ...seen, actual: `after ${milliseconds.toFixed(0)} ms, by ${by}${because}`, agrees: true };
  } catch (error) {
    scene.signal.throwIfAborted();
    return { ...seen, actual: error instanceof Error ? error.message : String(error), agrees: false };
  }
}

/** The design's number of replicas that have a commit before it is acknowledged holds for the new primary too. */
export async function seeWaiting({ design, signal }: Scene, server: Postgres): Promise<readonly Seen[]> {
  const { synchronous } = design.topology;
  if (synchronous === undefined) return [];
  const client = await server.connect({ statementMs });
  try {
    let names = '';
    const agrees = await until(
      async () => {
        const { rows } = await client.query<{ name: string }>(
          "SELECT application_name AS name FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum') ORDER BY 1",
        );
        names = rows.map(({ name }) => name).join(', ');
        return rows.length >= synchronous;
      },
      caughtUpMs,
      signal,
    );
    const { rows } = await client.query<{ wanted: string }>('SHOW synchronous_standby_names');
    const [setting] = Object.values(rows[0] ?? {});
    return [
      {
        subject: server.service.name,
        way: 'replicas that its commits wait for',
        statement: 'SHOW synchronous_standby_names; SELECT sync_state FROM pg_stat_replication',
        expected: `${synchronous} at least`,
        actual: `${setting}, of which there are: ${names === '' ? 'none' : names}`,
        agrees: agrees && setting !== '',
      },
    ];
  } finally {
    await client.end();
  }
}

/** A segment of the new time line arrives in the archive. */
export async function seeArchived(scene: Scene, server: Postgres): Promise<readonly Seen[]> {
  const { archive } = scene.topology.ground;
  if (archive === undefined) return [];
  const segment = await switchSegment(server);
  const began = performance.now();
  const limitMs = scene.hurried ? archivedMs / 2 : archivedMs;
  const agrees = await until(() => archive.holds(segment, server), limitMs, scene.signal);
  const took = (performance.now() - began).toFixed(0);
  return [
    {
      subject: 'archive',
      way: `a segment of ${server.service.name}, on time line ${Number.parseInt(segment.slice(0, 8), 16)}`,
      statement: 'SELECT pg_switch_wal()',
      expected: `${segment} in the archive within ${limitMs} ms, byte for byte`,
      actual: agrees ? `there after ${took} ms` : `not there, or not the same, after ${took} ms`,
      agrees,
      object: 'archive_command',
    },
  ];
}

async function switchSegment(server: Postgres): Promise<string> {
  const client = await server.connect({ statementMs });
  try {
    // A segment in which nothing was written is not switched.
    await client.query("SELECT pg_logical_emit_message(false, 'pgattest', 'archive')");
    const { rows } = await client.query<{ segment: string }>(
      'SELECT pg_walfile_name(pg_switch_wal()) AS segment',
    );
    return rows[0]?.segment ?? '';
  } finally {
    await client.end();
  }
}
