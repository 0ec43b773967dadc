import type pg from 'pg';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import { primaryAlone } from '../alone.ts';
import type { Drill, Recovered, Scene, Seen } from '../model.ts';
import {
  type ArchiverCounts,
  archiveOf,
  archiverCounts,
  arrival,
  endSegments,
  segmentsNoted,
  switchSegment,
} from './archiver.ts';

export interface Outage {
  /** Lets the archive take segments again. */
  end(): Promise<void>;
}

/** What all drills have in common in which the archive takes nothing for a while, and says so. */
export const outageDrill = {
  needs: ['superuser', 'faults', 'archive'],
  loses: 'nothing',
  topology: primaryAlone,
} as const satisfies Partial<Drill>;

/** Segments that are made while the archive takes none. */
const during = 3;
const noticeMs = 20_000;
const arriveMs = 40_000;
const hurriedMs = 5_000;

/**
 * The archive takes nothing for a while: the server must say so, keep its WAL, and go on; afterwards all of it must come to the archive.
 * @param begin breaks the archive and says how, for the timeline
 */
export async function throughOutage(
  scene: Scene,
  server: Recovered['server'],
  begin: (client: pg.Client) => Promise<{ readonly says: string; readonly outage: Outage }>,
): Promise<Recovered> {
  const { timeline, database, load, signal, hurried } = scene;
  const archive = archiveOf(scene);
  const client = await server.connect({ statementMs });
  let outage: Outage | undefined;
  try {
    const before = await archiverCounts(client);
    const began = timeline.now();
    const broken = await begin(client);
    outage = broken.outage;
    timeline.mark('fault', broken.says, began);
    timeline.mark('injected', 'the archive takes nothing any more');
    const { acknowledged } = load.counts;
    scene.progress(broken.says);
    const segments = await endSegments(scene, client, during);
    const failed = async () => (await archiverCounts(client)).failed > before.failed;
    const noticed = await until(failed, hurried ? hurriedMs : noticeMs, signal);
    if (noticed) timeline.mark('detected', 'pg_stat_archiver counts a failure');
    const seen = [
      seeFailure(before, await archiverCounts(client), noticed),
      seeKept(segments, await segmentsNoted(client, 'ready')),
      seeCommits(load.counts.acknowledged - acknowledged),
    ];
    await outage.end();
    timeline.mark('healed', 'the archive takes segments again');
    // After three failures it tries again when the next segment ends, or after a minute.
    const last = await switchSegment(client);
    const limitMs = hurried ? hurriedMs : arriveMs;
    const { lacking, tookMs } = await arrival(scene, archive, server, [...segments, last], limitMs);
    if (lacking.length === 0) timeline.mark('verified', 'the archive holds every segment of the outage');
    return {
      server,
      database,
      serving: true,
      seen: [...seen, seeArrived([...segments, last], lacking, tookMs, limitMs)],
    };
  } finally {
    await outage?.end().catch(() => undefined);
    await client.end().catch(() => undefined);
  }
}

function seeFailure(before: ArchiverCounts, after: ArchiverCounts, noticed: boolean): Seen {
  return {
    subject: 'primary',
    way: 'what it says of its archiver meanwhile',
    statement: 'SELECT archived_count, failed_count FROM pg_stat_archiver',
    expected: 'failures',
    actual: `${after.archived - before.archived} archived, ${after.failed - before.failed} failures`,
    agrees: noticed,
    object: 'archive_command',
  };
}

function seeKept(segments: readonly string[], waiting: ReadonlySet<string>): Seen {
  const given = segments.filter((segment) => !waiting.has(segment));
  return {
    subject: 'primary',
    way: 'segments that ended meanwhile',
    statement: 'SELECT name FROM pg_ls_archive_statusdir()',
    expected: `${segments.length} wait in pg_wal`,
    actual: given.length === 0 ? `${waiting.size} wait in pg_wal` : `${given.join(', ')} counts as archived`,
    agrees: given.length === 0,
    object: 'archive_command',
    tried: segments.length,
  };
}

function seeCommits(acknowledged: number): Seen {
  return {
    subject: 'primary',
    way: 'commits meanwhile',
    statement: 'SELECT pgattest_ledger.post(…)',
    expected: 'they go on',
    actual: `${acknowledged} acknowledged`,
    agrees: acknowledged > 0,
  };
}

export function seeArrived(
  segments: readonly string[],
  lacking: readonly string[],
  tookMs: number,
  limitMs: number,
): Seen {
  return {
    subject: 'archive',
    way: 'segments of that time, afterwards',
    statement: 'cmp pg_wal/<segment> <archive>/<segment>',
    expected: `all ${segments.length} there within ${limitMs} ms, byte for byte`,
    actual:
      lacking.length === 0
        ? `all there after ${tookMs.toFixed(0)} ms`
        : `${lacking.join(', ')} not there, or not the same, after ${tookMs.toFixed(0)} ms`,
    agrees: lacking.length === 0,
    object: 'archive_command',
    tried: segments.length,
  };
}
