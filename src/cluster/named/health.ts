import { type Ask, applicationName, type Rows, withAdministrator } from './ask.ts';
import type { Kept, KeptServer } from './kept.ts';

/** How a server is. `unwell`: it answers, and is not what it should be. */
export interface ServerHealth {
  readonly name: string;
  readonly kind: KeptServer['kind'] | 'archive';
  readonly host?: string;
  readonly port?: number;
  readonly state: 'up' | 'unwell' | 'down';
  /** Why it is not up, in one line. */
  readonly why?: string;
  /** What it says of itself, by name; null where it does not know. */
  readonly facts: Readonly<Record<string, string | number | null>>;
}

type Finding = Pick<ServerHealth, 'state' | 'why' | 'facts'>;

/** Asks each server of a kept cluster, all at once; one that does not answer within seconds is down. */
export async function healthOf(kept: Kept): Promise<readonly ServerHealth[]> {
  const asked = await Promise.all(
    kept.servers.map(async (server) => ({ ...server, ...(await findingOf(kept, server)) })),
  );
  const primary = kept.servers.find(({ kind }) => kind === 'primary');
  if (!kept.archive || primary === undefined) return asked;
  const archive = await orDown(() => withAdministrator(kept, primary, askArchive));
  return [...asked, { name: 'archive', kind: 'archive', ...archive }];
}

async function findingOf(kept: Kept, server: KeptServer): Promise<Finding> {
  return orDown(async () => {
    switch (server.kind) {
      case 'primary':
        return withAdministrator(kept, server, askPrimary);
      case 'pooler':
        return withAdministrator(kept, server, askPooler);
      case 'replica': {
        const behind = await bytesBehind(kept, server.name);
        return withAdministrator(kept, server, (ask) => askReplica(ask, behind));
      }
    }
  });
}

async function askPrimary(ask: Ask): Promise<Finding> {
  const [row] = await ask(`
    SELECT pg_is_in_recovery()::text AS recovery, current_setting('max_connections') AS max,
           (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> '${applicationName}')::text AS connections`);
  const facts = { connections: number(row?.connections), maxConnections: number(row?.max) };
  return row?.recovery === 'true'
    ? { state: 'unwell', why: 'it is in recovery, as a replica is', facts }
    : { state: 'up', facts };
}

/** Seconds are those since the last transaction that it shows, unless it shows all that it got. */
async function askReplica(ask: Ask, behind: number | null): Promise<Finding> {
  const [row] = await ask(`
    SELECT pg_is_in_recovery()::text AS recovery,
           (SELECT status FROM pg_stat_wal_receiver) AS receiver,
           CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN '0'
                ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::text END AS seconds`);
  const facts = { lagBytes: behind, lagSeconds: number(row?.seconds) };
  if (row?.recovery !== 'true') return { state: 'unwell', why: 'it is not a replica any more', facts };
  if (row.receiver !== 'streaming')
    return { state: 'unwell', why: 'it does not stream from the primary', facts };
  return { state: 'up', facts };
}

/** Null when the primary does not answer, or does not know the replica. */
async function bytesBehind(kept: Kept, name: string): Promise<number | null> {
  const primary = kept.servers.find(({ kind }) => kind === 'primary');
  if (primary === undefined) return null;
  try {
    const rows = await withAdministrator(kept, primary, (ask) =>
      ask(
        'SELECT application_name AS name, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::text AS bytes FROM pg_stat_replication',
      ),
    );
    return number(rows.find((row) => row.name === name)?.bytes);
  } catch {
    return null;
  }
}

async function askPooler(ask: Ask): Promise<Finding> {
  const ours = (rows: Rows) => rows.filter(({ database, name }) => (database ?? name) !== 'pgbouncer');
  const pools = ours(await ask('SHOW POOLS'));
  const entries = (await ask('SHOW DATABASES')).filter(({ name }) => name !== 'pgbouncer');
  const config = await ask('SHOW CONFIG');
  const sum = (rows: Rows, pattern: RegExp) =>
    rows
      .flatMap((row) => Object.entries(row))
      .filter(([key]) => pattern.test(key))
      .reduce((total, [, value]) => total + Number(value), 0);
  return {
    state: 'up',
    facts: {
      clients: sum(pools, /^cl_(?:active|waiting)$/),
      maxClients: number(config.find(({ key }) => key === 'max_client_conn')?.value),
      servers: sum(pools, /^sv_(?:active|idle|used|tested|login)$/),
      maxServers: sum(entries, /^pool_size$/),
    },
  };
}

async function askArchive(ask: Ask): Promise<Finding> {
  const [row] = await ask(`
    SELECT archived_count::text AS archived, failed_count::text AS failed, last_archived_wal AS segment,
           extract(epoch FROM clock_timestamp() - last_archived_time)::text AS seconds,
           coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)::text AS failing
      FROM pg_stat_archiver`);
  const facts = {
    archived: number(row?.archived),
    failures: number(row?.failed),
    lastSegment: row?.segment ?? null,
    secondsAgo: number(row?.seconds),
  };
  return row?.failing === 'true'
    ? { state: 'unwell', why: 'the last segment could not be archived', facts }
    : { state: 'up', facts };
}

async function orDown(ask: () => Promise<Finding>): Promise<Finding> {
  try {
    return await ask();
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { state: 'down', why: why || 'it does not answer', facts: {} };
  }
}

function number(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Number(text);
}
