import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Archive } from '../cluster/archive.ts';
import type { Postgres } from '../cluster/postgres.ts';
import { statementMs } from '../cluster/server.ts';
import { readLsn } from './backup/wal.ts';
import { Exposure } from './exposure.ts';
import type { Timeline } from './timeline.ts';

export interface ExposureOptions {
  readonly archive: Pick<Archive, 'files'>;
  /** Who takes the writes, as long as nobody says otherwise by `follow`. */
  readonly server: Postgres;
  /** Takes the curve `exposure`, in ms. */
  readonly timeline: Timeline;
  /** Milliseconds between two looks. Default 500. */
  readonly everyMs?: number;
}

/** The RPO exposure of a run, in milliseconds. */
export interface ExposureSeen {
  /** The largest, to the time between two looks: never less than it was. */
  readonly largestMs: number;
  /** When that was, in milliseconds of the timeline. */
  readonly at: number;
  readonly looks: number;
}

export interface ExposureWatch {
  readonly seen: ExposureSeen;
  /** Another server takes the writes from now on. */
  follow(server: Postgres): void;
  stop(): Promise<ExposureSeen>;
}

/**
 * Looks at the archive and at the server's WAL again and again. While the server does not answer nothing is looked at: it acknowledges
 * nothing then, and the time that it is away does not make the loss longer.
 */
export function watchExposure({
  archive,
  timeline,
  everyMs = 500,
  ...options
}: ExposureOptions): ExposureWatch {
  const ending = new AbortController();
  const exposure = new Exposure(performance.now());
  let { server } = options;
  let seen: ExposureSeen = { largestMs: 0, at: timeline.now(), looks: 0 };
  let gap = false;
  const look = async (client: pg.Client) => {
    // The archive first: what comes in between counts as missing.
    const names = (await archive.files()).keys();
    const position = await positionOf(client);
    const { now, most } = exposure.look(names, position);
    const at = timeline.at(position.at);
    timeline.point('exposure', 'ms', now, at);
    const largest = gap ? now : most;
    gap = false;
    seen =
      largest > seen.largestMs
        ? { largestMs: largest, at, looks: seen.looks + 1 }
        : { ...seen, looks: seen.looks + 1 };
  };
  const watch = async () => {
    let client: pg.Client | undefined;
    let asked: Postgres | undefined;
    while (!ending.signal.aborted) {
      try {
        if (asked !== server) {
          await client?.end().catch(() => undefined);
          client = undefined;
          asked = server;
        }
        client ??= await asked.connect({ statementMs, applicationName: 'pgattest exposure' });
        await look(client);
      } catch {
        gap = true;
        await client?.end().catch(() => undefined);
        client = undefined;
      }
      await delay(everyMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
    await client?.end().catch(() => undefined);
  };
  const watching = watch();
  return {
    get seen() {
      return seen;
    },
    follow: (other) => {
      server = other;
    },
    stop: async () => {
      ending.abort();
      await watching;
      return seen;
    },
  };
}

/** One round trip; the snapshot is taken before the position, so that no commit lies between them unseen. */
const positionSql = `SELECT pg_current_wal_insert_lsn()::text AS lsn, pg_snapshot_xmax(s)::text AS next,
  (SELECT count(*) FROM pg_snapshot_xip(s))::int AS running FROM pg_current_snapshot() s`;

async function positionOf(client: pg.Client) {
  const at = performance.now();
  const { rows } = await client.query<{ lsn: string; next: string; running: number }>(positionSql);
  const row = rows[0];
  if (row === undefined) throw new Error('the server says nothing of its WAL');
  return { at, lsn: readLsn(row.lsn), nextTransaction: row.next, running: row.running };
}
