import type pg from 'pg';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import type { ValidDesign } from '../../design/validate.ts';
import { faults } from '../../faults/index.ts';
import { archiveOf, arrival } from '../archive/archiver.ts';
import { milliseconds, seeExposure } from '../archive/bound.ts';
import { outageDrill } from '../archive/outage.ts';
import { changeSetting, shown } from '../archive/setting.ts';
import { fallSilent, type Silence } from '../archive/silence.ts';
import { defineDrill, type Recovered, type Seen } from '../model.ts';
import { watchExposure } from '../watch-exposure.ts';

/** The time-out that is tried, so that nobody waits for the design's: it is the same clockwork. */
const triedSeconds = 2;
const arriveMs = 20_000;
const hurriedMs = 3_000;

/** The application falls silent, and the last commits lie in a segment that is not full. */
export const idleArchive = defineDrill({
  ...outageDrill,
  name: 'idle-archive',
  says: 'the application falls silent after a commit: archive_timeout ends the open segment, so that the last commit is in the archive in time',
  counterexamples: () => [
    faults['primary-setting']('archive_timeout', '0', 'a segment stays open until it is full'),
    faults['primary-setting']('archive_command', 'true', 'what archive_timeout ends is stored nowhere'),
  ],
  run: async (scene): Promise<Recovered> => {
    const { cluster, timeline, database, design, hurried, signal } = scene;
    const server = cluster.primary;
    const archive = archiveOf(scene);
    const client = await server.connect({ statementMs });
    let silence: Silence | undefined;
    let usual: (() => Promise<void>) | undefined;
    let watch: ReturnType<typeof watchExposure> | undefined;
    try {
      const setting = Number(await shown(client, 'archive_timeout'));
      // None stays none: to set one would mend what is looked for.
      if (setting > 0) usual = await changeSetting(client, 'archive_timeout', String(triedSeconds));
      watch = watchExposure({ archive, server, timeline });
      const began = timeline.mark('fault', 'the application falls silent');
      silence = await fallSilent(scene, client);
      const { open } = silence;
      const limitMs = hurried ? hurriedMs : triedSeconds * 1000 + arriveMs;
      const { lacking } = await arrival(scene, archive, server, [open], limitMs);
      const tookMs = timeline.now() - began;
      if (lacking.length === 0) timeline.mark('verified', 'the last commit is in the archive');
      // Until it has been seen there: the next look finds nothing open.
      const { looks } = watch.seen;
      await until(() => (watch?.seen.looks ?? 0) > looks + 1, hurriedMs, signal);
      const exposure = await watch.stop();
      await usual?.();
      await silence.end();
      timeline.mark('healed', 'the application goes on');
      const seen = [
        seeSetting(design, setting, await designed(client, design)),
        seeLast(open, lacking, tookMs, limitMs),
        await seeExposure(client, design, exposure, 'exposure in the silence, the largest'),
        await seeBound(client, design, setting, tookMs - triedSeconds * 1000),
      ];
      return { server, database, serving: true, seen };
    } finally {
      await watch?.stop();
      await silence?.end().catch(() => undefined);
      await usual?.().catch(() => undefined);
      await client.end().catch(() => undefined);
    }
  },
});

async function designed(client: pg.Client, { topology }: ValidDesign): Promise<number | undefined> {
  const { archive } = topology;
  return archive === undefined ? undefined : (await milliseconds(client, archive.timeout)) / 1000;
}

function seeSetting({ topology }: ValidDesign, setting: number, wanted: number | undefined): Seen {
  return {
    subject: 'primary',
    way: 'archive_timeout',
    statement: 'SHOW archive_timeout',
    expected: wanted === undefined ? 'one' : `at most ${topology.archive?.timeout}`,
    actual: setting === 0 ? 'none: a quiet database archives nothing' : `${setting} s`,
    agrees: setting > 0 && (wanted === undefined || setting <= wanted),
    object: 'archive_timeout',
  };
}

function seeLast(segment: string, lacking: readonly string[], tookMs: number, limitMs: number): Seen {
  return {
    subject: 'archive',
    way: `the last commit before the silence, with an archive_timeout of ${triedSeconds} s`,
    statement: 'cmp pg_wal/<segment> <archive>/<segment>',
    expected: `${segment} there within ${limitMs} ms, byte for byte`,
    actual:
      lacking.length === 0
        ? `there after ${tookMs.toFixed(0)} ms`
        : `not there after ${tookMs.toFixed(0)} ms`,
    agrees: lacking.length === 0,
    object: 'archive_timeout',
  };
}

/** What was tried, carried over to the design's own: the same clockwork with a longer time, and what comes after it. */
async function seeBound(
  client: pg.Client,
  { targets }: ValidDesign,
  setting: number,
  afterMs: number,
): Promise<Seen> {
  const boundMs = setting * 1000 + Math.max(0, afterMs);
  const rpoMs = targets.rpo === undefined ? undefined : await milliseconds(client, targets.rpo);
  return {
    subject: 'archive',
    way: 'the longest exposure of an idle database: archive_timeout, and what a segment took after it here',
    statement: 'SHOW archive_timeout',
    expected: targets.rpo === undefined ? 'a bound; the design names no RPO' : `at most ${targets.rpo}`,
    actual: setting === 0 ? 'no bound' : `${(boundMs / 1000).toFixed(1)} s`,
    agrees: setting > 0 && (rpoMs === undefined || boundMs <= rpoMs),
    object: 'archive_timeout',
  };
}
