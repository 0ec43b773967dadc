import { statementMs } from '../../cluster/server.ts';
import { faults } from '../../faults/index.ts';
import { archiveOf, arrival, endSegments } from '../archive/archiver.ts';
import { seeExposure } from '../archive/bound.ts';
import { outageDrill } from '../archive/outage.ts';
import { changeSetting, shown } from '../archive/setting.ts';
import { defineDrill, type Seen } from '../model.ts';
import { watchExposure } from '../watch-exposure.ts';

/** What one segment takes: as an archive beyond a slow line would. */
const slownessSeconds = 2;
const during = 3;
const arriveMs = 40_000;
const hurriedMs = 5_000;

/** An archive that takes seconds for each segment: what a loss of everything else would cost grows, and is measured. */
export const archiveSlow = defineDrill({
  ...outageDrill,
  name: 'archive-slow',
  says: `each segment takes the archive ${slownessSeconds} s longer: WAL waits, the exposure grows and stays below the RPO, and the archive catches up`,
  counterexamples: () => [
    faults['primary-setting'](
      'archive_command',
      'false',
      'the archive is so slow that nothing ever comes to it',
    ),
  ],
  run: async (scene) => {
    const { cluster, timeline, database, design, hurried } = scene;
    const server = cluster.primary;
    const archive = archiveOf(scene);
    const client = await server.connect({ statementMs });
    const watch = watchExposure({ archive, server, timeline });
    let usual: (() => Promise<void>) | undefined;
    try {
      const command = await shown(client, 'archive_command');
      timeline.mark('fault', 'the archive becomes slow');
      usual = await changeSetting(client, 'archive_command', `sleep ${slownessSeconds} && ${command}`);
      timeline.mark('injected', `each segment takes the archive ${slownessSeconds} s longer`);
      const segments = await endSegments(scene, client, during);
      const limitMs = hurried ? hurriedMs + during * slownessSeconds * 1000 : arriveMs;
      const { lacking, tookMs } = await arrival(scene, archive, server, segments, limitMs);
      if (lacking.length === 0) timeline.mark('verified', 'the slow archive has caught up');
      await usual();
      timeline.mark('healed', 'the archive is as fast as it was');
      const exposure = await watch.stop();
      const caughtUp: Seen = {
        subject: 'archive',
        way: `${during} segments, one after the other, while it is slow`,
        statement: 'cmp pg_wal/<segment> <archive>/<segment>',
        expected: `all there within ${limitMs} ms, and not sooner than ${slownessSeconds} s each`,
        actual:
          lacking.length === 0
            ? `all there after ${tookMs.toFixed(0)} ms: ${((during / tookMs) * 1000).toFixed(2)} segments/s`
            : `${lacking.join(', ')} not there after ${tookMs.toFixed(0)} ms`,
        // One that was not slow shows nothing of a slow one.
        agrees: lacking.length === 0 && tookMs >= (during - 1) * slownessSeconds * 1000,
        object: 'archive_command',
        tried: during,
      };
      const way = 'exposure while it is slow, the largest';
      return {
        server,
        database,
        serving: true,
        seen: [caughtUp, await seeExposure(client, design, exposure, way)],
      };
    } finally {
      await usual?.().catch(() => undefined);
      await watch.stop();
      await client.end().catch(() => undefined);
    }
  },
});
