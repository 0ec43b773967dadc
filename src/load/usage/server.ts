import type pg from 'pg';
import type { ReplicaSample, ServerSample } from './model.ts';

/** One statement a second; the views of statistics take no locks that a statement would wait for. */
const look = /* SQL */ `
WITH client AS MATERIALIZED (
  SELECT state, backend_type, wait_event_type,
    CASE WHEN wait_event IS NULL THEN 'cpu' ELSE wait_event_type || ':' || wait_event END AS wait
  FROM pg_stat_activity WHERE pid <> pg_backend_pid()
), backends AS (
  SELECT count(*) FILTER (WHERE state = 'active' AND backend_type = 'client backend')::int AS active,
    count(*) FILTER (WHERE state LIKE 'idle in transaction%')::int AS idle_in_transaction,
    count(*) FILTER (WHERE state = 'idle')::int AS idle,
    count(*) FILTER (WHERE wait_event_type = 'Lock')::int AS lock_waits,
    count(*) FILTER (WHERE backend_type = 'autovacuum worker')::int AS autovacuum_workers
  FROM client
), waits AS (
  SELECT coalesce(json_object_agg(wait, n), '{}') AS waits FROM (
    SELECT wait, count(*)::int AS n FROM client WHERE state = 'active' AND backend_type = 'client backend' GROUP BY 1) w
), databases AS (
  SELECT sum(xact_commit)::float8 AS commits, sum(deadlocks)::float8 AS deadlocks, sum(blks_read)::float8 AS blocks_read,
    sum(blks_hit)::float8 AS blocks_hit, sum(temp_bytes)::float8 AS temporary_bytes FROM pg_stat_database
), writer AS (
  SELECT checkpoints_timed::float8, checkpoints_req::float8 AS checkpoints_requested,
    buffers_backend::float8 AS backend_buffers FROM pg_stat_bgwriter
), wal AS (
  SELECT wal_bytes::float8, wal_buffers_full::float8, wal_sync::float8, wal_sync_time::float8,
    current_setting('track_wal_io_timing') = 'on' AS timed FROM pg_stat_wal
), replicas AS (
  SELECT coalesce(json_agg(json_build_object('name', application_name, 'behindBytes',
      CASE WHEN pg_is_in_recovery() THEN 0 ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::float8 END,
      'behindMilliseconds', coalesce(1000 * extract(epoch FROM replay_lag), 0)::float8)), '[]') AS replicas
  FROM pg_stat_replication WHERE replay_lsn IS NOT NULL
)
SELECT * FROM backends, waits, databases, writer, wal, replicas`;

interface Row {
  readonly active: number;
  readonly idle_in_transaction: number;
  readonly idle: number;
  readonly lock_waits: number;
  readonly autovacuum_workers: number;
  readonly waits: Readonly<Record<string, number>>;
  readonly commits: number;
  readonly deadlocks: number;
  readonly blocks_read: number;
  readonly blocks_hit: number;
  readonly temporary_bytes: number;
  readonly checkpoints_timed: number;
  readonly checkpoints_requested: number;
  readonly backend_buffers: number;
  readonly wal_bytes: number;
  readonly wal_buffers_full: number;
  readonly wal_sync: number;
  readonly wal_sync_time: number;
  readonly timed: boolean;
  readonly replicas: readonly ReplicaSample[];
}

export interface ServerLook {
  readonly server: ServerSample;
  readonly replicas: readonly ReplicaSample[];
}

/** Asks the server; `undefined` the first time, since counters say something only of what came between two looks. */
export function serverLook(): (client: pg.Client) => Promise<ServerLook | undefined> {
  let before: Row | undefined;
  return async (client) => {
    const { rows } = await client.query<Row>(look);
    const [now] = rows;
    if (now === undefined) return undefined;
    const last = before;
    before = now;
    return last === undefined ? undefined : { server: sampleOf(now, last), replicas: now.replicas };
  };
}

type Counter = { [Key in keyof Row]: Row[Key] extends number ? Key : never }[keyof Row];

function sampleOf(now: Row, before: Row): ServerSample {
  // A server that was started again counts from 0.
  const since = (name: Counter) => Math.max(0, now[name] - before[name]);
  return {
    active: now.active,
    idleInTransaction: now.idle_in_transaction,
    idle: now.idle,
    waits: now.waits,
    lockWaits: now.lock_waits,
    autovacuumWorkers: now.autovacuum_workers,
    commits: since('commits'),
    deadlocks: since('deadlocks'),
    blocksRead: since('blocks_read'),
    blocksHit: since('blocks_hit'),
    temporaryBytes: since('temporary_bytes'),
    checkpoints: { timed: since('checkpoints_timed'), requested: since('checkpoints_requested') },
    backendBuffers: since('backend_buffers'),
    wal: {
      bytes: since('wal_bytes'),
      buffersFull: since('wal_buffers_full'),
      syncs: since('wal_sync'),
      ...(now.timed ? { syncMilliseconds: since('wal_sync_time') } : {}),
    },
  };
}
