import type pg from 'pg';
import type { Archive } from '../../cluster/archive.ts';
import type { Host } from '../../cluster/host.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import { faults } from '../../faults/index.ts';
import {
  archiveOf,
  arrival,
  endSegments,
  lackedOf,
  segmentsNoted,
  switchSegment,
} from '../archive/archiver.ts';
import { outageDrill, seeArrived } from '../archive/outage.ts';
import { changeSetting } from '../archive/setting.ts';
import { defineDrill, type Seen } from '../model.ts';

/** Segments that are made while the archive lies. */
const during = 3;
const believedMs = 20_000;
const arriveMs = 40_000;
const hurriedMs = 5_000;

/** A command that says yes and stores nothing, for a while: nothing of the server's tells. */
export const archiveLies = defineDrill({
  ...outageDrill,
  name: 'archive-lies',
  says: 'archive_command says yes and stores nothing for a while: a look at the archive itself names the segments, and those are archived again out of pg_wal',
  counterexamples: () => [
    faults['primary-setting'](
      'archive_command',
      'true',
      'the archive lies before and after, and nobody ends it',
    ),
  ],
  run: async (scene) => {
    const { cluster, timeline, database, signal, hurried } = scene;
    const server = cluster.primary;
    const archive = archiveOf(scene);
    const client = await server.connect({ statementMs });
    let truth: (() => Promise<void>) | undefined;
    try {
      timeline.mark('fault', 'archive_command is changed: it says yes and stores nothing');
      truth = await changeSetting(client, 'archive_command', 'true');
      timeline.mark('injected', 'archive_command says yes and stores nothing');
      const segments = await endSegments(scene, client, during);
      const believed = await until(
        () => believes(client, segments),
        hurried ? hurriedMs : believedMs,
        signal,
      );
      const lacked = await lackedOf(archive, server, await segmentsNoted(client, 'done'));
      if (lacked.length > 0) timeline.mark('detected', `the archive lacks ${lacked.length} segments`);
      await truth();
      timeline.mark('healed', 'archive_command is what it was');
      const named = seeNamed(segments, lacked, believed);
      const again = [...lacked, await switchSegment(client)];
      await archiveAgain(cluster.host, server, lacked);
      const limitMs = hurried ? hurriedMs : arriveMs;
      const { lacking, tookMs } = await arrival(scene, archive, server, again, limitMs);
      if (lacking.length === 0) timeline.mark('verified', 'the archive holds every segment');
      const arrived = seeArrived(again, lacking, tookMs, limitMs);
      return {
        server,
        database,
        serving: true,
        seen: [named, arrived, await seeWhole(client, archive, server)],
      };
    } finally {
      await truth?.().catch(() => undefined);
      await client.end().catch(() => undefined);
    }
  },
});

async function believes(client: pg.Client, segments: readonly string[]): Promise<boolean> {
  const done = await segmentsNoted(client, 'done');
  return segments.every((segment) => done.has(segment));
}

function seeNamed(segments: readonly string[], lacked: readonly string[], believed: boolean): Seen {
  const missed = segments.filter((segment) => !lacked.includes(segment));
  return {
    subject: 'archive',
    way: 'segments that the server takes for archived',
    statement: 'cmp pg_wal/<segment> <archive>/<segment>',
    expected: `the lie is seen: ${segments.join(', ')} not in the archive`,
    actual: !believed
      ? 'the server does not take them for archived'
      : lacked.length === 0
        ? 'none found missing'
        : `${lacked.join(', ')} not in the archive`,
    agrees: believed && missed.length === 0,
    object: 'archive_command',
    tried: segments.length,
  };
}

/** As long as a segment is in pg_wal the server offers it again once its note says that it waits. */
async function archiveAgain(host: Host, server: Postgres, segments: readonly string[]): Promise<void> {
  for (const segment of segments) {
    const note = `${server.data}/pg_wal/archive_status/${segment}`;
    const { exitCode, stderr } = await host.exec(['mv', `${note}.done`, `${note}.ready`]);
    if (exitCode !== 0) throw new Error(`${segment} cannot be archived again: ${stderr.trim()}`);
  }
}

/** The same look once more, at all that the server has and takes for archived. */
async function seeWhole(client: pg.Client, archive: Archive, server: Postgres): Promise<Seen> {
  const done = await segmentsNoted(client, 'done');
  const absent = await lackedOf(archive, server, done);
  // A checkpoint may have taken one away since, which then nothing could be compared with.
  const still = await segmentsNoted(client, 'done');
  const lacked = absent.filter((segment) => still.has(segment));
  return {
    subject: 'archive',
    way: 'all segments that the server takes for archived, at the end',
    statement: 'cmp pg_wal/<segment> <archive>/<segment>',
    expected: 'all there, byte for byte',
    actual: lacked.length === 0 ? `all ${done.size} there` : `${lacked.join(', ')} not there`,
    agrees: lacked.length === 0,
    object: 'archive_command',
    tried: done.size,
  };
}
