import path from 'node:path';
import type pg from 'pg';
import { ClusterError } from '../../cluster/error.ts';
import type { Host } from '../../cluster/host.ts';
import { configuration, launchPostgres, type Postgres } from '../../cluster/postgres.ts';
import { startError } from '../../cluster/server-log.ts';
import { until } from '../../cluster/until.ts';
import type { Restored, RestoreOptions } from './model.ts';
import { readSegment, type Segment, segmentBefore, segmentName } from './wal.ts';

/** A data folder that was fetched, and how its server is to recover. */
export interface Fetched {
  readonly data: string;
  /** performance.now() when the restore was asked for, and when the files were in place. */
  readonly asked: number;
  readonly fetched: number;
  /** Added to postgresql.auto.conf, where the last word counts. */
  readonly settings: Readonly<Record<string, string>>;
  /** The first segment that recovery needs. */
  readonly startSegment: string;
  /** Segments in the archive before recovery began. */
  readonly archived: readonly string[];
}

const limitMs = 120_000;

/**
 * Starts a server on a fetched data folder, and waits until it has reached its target and takes writes. Throws ClusterError with the
 * server's own words when it ends before, and when recovery to the end stopped short of segments that the archive holds: a server
 * takes a gap for the end. Nothing is left of it then.
 */
export async function bringUp(
  host: Host,
  origin: Postgres,
  fetched: Fetched,
  options: RestoreOptions,
): Promise<Restored> {
  const { name, signal } = options;
  const { data, asked } = fetched;
  const socketFolder = await makeSockets(host, origin);
  const remove = async () => {
    await host.exec(['rm', '-rf', data, socketFolder]);
  };
  let server: Postgres | undefined;
  const close = async () => {
    await server?.stop();
    // A container goes only then.
    await server?.service.kill();
    await remove();
  };
  try {
    const auto = path.join(data, 'postgresql.auto.conf');
    await host.writeFile(auto, `${await host.readFile(auto)}\n${configuration(fetched.settings)}`);
    const limit = options.limitMs ?? limitMs;
    server = await launchPostgres(host, origin.binaries, {
      name,
      data,
      socketFolder,
      superuser: origin.superuser,
      limitMs: limit,
      ...(signal === undefined ? {} : { signal }),
    });
    const consistent = performance.now();
    const end = await reachTarget(server, name, limit, signal);
    const reached = performance.now();
    const last = segmentBefore(end.lsn, end.timeline);
    if (options.target.kind === 'end') refuseGap(last, fetched.archived);
    return {
      server,
      phases: {
        fetched: fetched.fetched - asked,
        consistent: consistent - asked,
        reached: reached - asked,
      },
      bytes: await folderBytes(host, data),
      segments: Math.max(0, last.number - (readSegment(fetched.startSegment)?.number ?? last.number) + 1),
      end,
      close,
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

/** What a copy must not take over from the server that it is a copy of. */
export const standsAlone: Readonly<Record<string, string>> = {
  synchronous_standby_names: '',
  primary_conninfo: '',
  primary_slot_name: '',
};

/** Bytes that a folder takes, in whole kibibytes. */
export async function folderBytes(host: Host, folder: string): Promise<number> {
  const { stdout } = await host.exec(['du', '-sk', folder]);
  return Number(stdout.split(/\s/)[0] ?? 0) * 1024;
}

/** Beside the origin's own, whose path is known to be short enough. */
export async function makeSockets(host: Host, origin: Postgres): Promise<string> {
  const beside = path.dirname(origin.socketFolder);
  const make =
    'for n in 1 2 3 4 5 6 7 8 9; do mkdir -m 700 "$1/b$n" 2>/dev/null && echo "$1/b$n" && exit; done; exit 1';
  const { exitCode, stdout } = await host.exec(['sh', '-c', make, 'sh', beside]);
  if (exitCode !== 0) {
    throw new ClusterError(
      'start-failed',
      `no folder for sockets in ${beside}`,
      'close a restored server first',
    );
  }
  return stdout.trim();
}

async function reachTarget(
  server: Postgres,
  name: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly lsn: string; readonly timeline: number }> {
  let gone = false;
  void server.service.exited.then(() => {
    gone = true;
  });
  const client = await server.connect().catch(() => undefined);
  const ended = async () => startError(`recovery of ${name}`, await server.service.log());
  try {
    if (client === undefined) throw await ended();
    const reached = await until(async () => gone || !(await recovers(client)), limit, signal);
    if (gone) throw await ended();
    if (!reached) {
      throw new ClusterError('timeout', `${name} has not reached its target after ${limit} ms`, '', {
        log: (await server.service.log()).trim().split('\n').slice(-20),
      });
    }
    return await historyOf(client);
  } finally {
    await client?.end().catch(() => undefined);
  }
}

/** A server that ends takes the connection with it: that it has ended is known a moment later. */
async function recovers(client: pg.Client): Promise<boolean> {
  const answer = await client
    .query<{ recovers: boolean }>('SELECT pg_is_in_recovery() AS recovers')
    .catch(() => undefined);
  return answer?.rows[0]?.recovers ?? true;
}

/** Where the time line that it left ends: the last line of the history of the one it is on. */
async function historyOf(client: pg.Client): Promise<{ readonly lsn: string; readonly timeline: number }> {
  const { rows } = await client.query<{ history: string }>(
    `SELECT pg_read_file('pg_wal/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '.history') AS history`,
  );
  const lines = (rows[0]?.history ?? '').split('\n').filter((line) => /^\d/.test(line));
  const [timeline, lsn] = (lines.at(-1) ?? '').split('\t');
  if (timeline === undefined || lsn === undefined) {
    throw new ClusterError('start-failed', 'the restored server has no history of time lines', '');
  }
  return { timeline: Number(timeline), lsn };
}

function refuseGap(last: Segment, archived: readonly string[]): void {
  const later = archived
    .map((name) => readSegment(name))
    .filter((each) => each !== undefined)
    .filter(({ timeline, number }) => timeline === last.timeline && number > last.number)
    .toSorted((one, other) => one.number - other.number);
  const newest = later.at(-1);
  const next = segmentName({ timeline: last.timeline, number: last.number + 1 });
  if (newest === undefined) return;
  throw new ClusterError(
    'start-failed',
    `recovery ended in segment ${segmentName(last)}, but the archive goes on to ${segmentName(newest)}`,
    archived.includes(next) ? `see why ${next} cannot be replayed` : `${next} is missing`,
  );
}
