import type pg from 'pg';
import { ClusterError } from '../../cluster/error.ts';
import { type Postgres, relaunchPostgres } from '../../cluster/postgres.ts';
import { until } from '../../cluster/until.ts';
import { faults } from '../../faults/index.ts';
import { switchSegment } from '../archive/archiver.ts';
import { fullDiskDrill, withSmallDisk, writersStopped } from '../disk/full-disk.ts';
import { defineDrill, type Recovered, type Scene, type Seen } from '../model.ts';

/** Room for the segments that the start and the steady writers may need before the disk is filled. */
const spareMegabytes = 64;
const downMs = 30_000;
const stoppedMs = 1_000;
const upMs = 30_000;
const commitMs = 500;
const switchMs = 5_000;

/** The disk of the WAL is full: the server may not go on, since it could not keep what it acknowledges. */
export const diskFullWal = defineDrill({
  ...fullDiskDrill,
  name: 'disk-full-wal',
  says: 'the disk under pg_wal is full: the server stops with a PANIC rather than acknowledge what it cannot keep, and recovers from its WAL once there is room',
  counterexamples: () => [faults['commits-unsent']()],
  run: async (scene): Promise<Recovered> => {
    const { cluster, timeline, database } = scene;
    const { server, disk } = await withSmallDisk(scene, `${cluster.primary.data}/pg_wal`, spareMegabytes);
    try {
      const began = timeline.now();
      const bytes = await disk.fill();
      timeline.mark('fault', 'the disk under pg_wal is filled', began);
      timeline.mark('injected', `the disk under pg_wal is full, by ${bytes} bytes`);
      const down = await untilDown(scene, server);
      if (down) timeline.mark('detected', 'the server acknowledges nothing any more');
      const seen = [await seePanic(server, down)];
      await disk.free();
      timeline.mark('healed', 'there is room again');
      const back = await startedAgain(scene, server);
      return { server: back.server, database, serving: true, seen: [...seen, back.seen] };
    } finally {
      await disk.free().catch(() => undefined);
    }
  },
});

/**
 * The WAL goes on in segments that are there already, so these are used up one after the other, with commits of the writers in each:
 * what is acknowledged and not yet written is what a crash would lose.
 */
async function untilDown(scene: Scene, server: Postgres): Promise<boolean> {
  const { load, signal, hurried } = scene;
  const end = performance.now() + (hurried ? downMs / 2 : downMs);
  let client: pg.Client | undefined;
  try {
    client = await server.connect({ statementMs: switchMs });
    while (performance.now() < end) {
      const before = load.counts.acknowledged;
      // A server that stands still may be a slow one: the switch tells.
      await until(() => load.counts.acknowledged > before + 20, commitMs, signal);
      await switchSegment(client);
    }
  } catch {
    // The server went down under it.
    signal.throwIfAborted();
  } finally {
    await client?.end().catch(() => undefined);
  }
  return writersStopped(scene, stoppedMs, Math.max(stoppedMs * 2, end - performance.now()));
}

async function seePanic(server: Postgres, down: boolean): Promise<Seen> {
  const lines = (await server.service.log()).split('\n');
  const line = lines.find((each) => /\bPANIC:/.test(each));
  const words = line?.replace(/^.*(?=PANIC:)/, '');
  return {
    subject: 'primary',
    way: 'the WAL cannot grow any more',
    statement: 'SELECT pg_switch_wal()',
    expected: 'PANIC: No space left on device, and nothing is acknowledged any more',
    actual: `${words ?? 'no PANIC in its log'}; ${down ? 'nothing is acknowledged' : 'commits are acknowledged'}`,
    agrees: down && /No space left on device/.test(words ?? ''),
    object: 'pg_wal',
  };
}

/** It may have come back by itself: then it need not be started. */
async function startedAgain(
  { cluster, timeline, signal }: Scene,
  server: Postgres,
): Promise<{ readonly server: Postgres; readonly seen: Seen }> {
  const began = performance.now();
  const seen = (actual: string, agrees: boolean): Seen => ({
    subject: 'primary',
    way: 'started again, with room on its disk',
    statement: 'postgres',
    expected: 'it recovers from its WAL',
    actual,
    agrees,
    object: 'pg_wal',
  });
  try {
    // What the disk broke off may hang between two states: ended for certain, it starts from its files.
    await server.service.kill();
    const again = await relaunchPostgres(cluster.host, server, { signal, limitMs: upMs });
    timeline.mark('serving', 'the server lets clients in again');
    const log = (await again.service.log()).split('\n');
    const redo = log.find((line) => /redo done at/.test(line))?.replace(/^.*LOG:\s+/, '');
    const took = (performance.now() - began).toFixed(0);
    return {
      server: again,
      seen: seen(`${redo ?? 'no redo was needed'}; it answers after ${took} ms`, true),
    };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { server, seen: seen(error.message, false) };
  }
}
