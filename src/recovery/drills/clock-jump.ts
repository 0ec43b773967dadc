import type pg from 'pg';
import type { HostClock } from '../../cluster/host.ts';
import { type Server, statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import type { ValidDesign } from '../../design/validate.ts';
import { faults } from '../../faults/index.ts';
import { archiveOf, arrival, switchSegment } from '../archive/archiver.ts';
import { milliseconds } from '../archive/bound.ts';
import { outageDrill } from '../archive/outage.ts';
import { changeSetting, shown } from '../archive/setting.ts';
import { fallSilent, type Silence } from '../archive/silence.ts';
import { defineDrill, type Recovered, type Scene, type Seen } from '../model.ts';
import { whileStopped } from '../while-stopped.ts';

/** How far the clock runs ahead before it is put right: what it does for an hour it does for seconds. */
const aheadSeconds = 6;
const triedSeconds = 2;
/** A step back that a design should stand: time daemons step rather than slew beyond a fraction of a second, and after a pause by more. */
const stepSeconds = 60;
const arriveMs = 20_000;
const hurriedMs = 3_000;
const steadyMs = 20_000;
const commits = 100;

/** The clock of the primary jumps ahead and is put right again, under load. */
export const clockJump = defineDrill({
  ...outageDrill,
  name: 'clock-jump',
  says: `the clock of the primary jumps ${aheadSeconds} s ahead and back under load: nothing is lost, commits go on, and WAL is archived as late as the step back was long`,
  abilities: ['clock'],
  counterexamples: () => [
    faults['primary-setting']('archive_timeout', '0', 'a segment stays open until it is full'),
    faults['primary-setting']('archive_command', 'true', 'what archive_timeout ends is stored nowhere'),
  ],
  run: async (scene): Promise<Recovered> => {
    const { cluster, timeline, database, design, hurried, signal, load } = scene;
    const clock = await cluster.host.makeClock();
    const { env } = clock;
    const server = await whileStopped(cluster.host, cluster.primary, async () => {}, { signal, env });
    if ((await load.goodAgain(performance.now(), 500, steadyMs, signal)) === undefined)
      throw new Error(
        `no steady writes ${steadyMs} ms after the primary was started with a clock of its own`,
      );
    const client = await server.connect({ statementMs });
    let silence: Silence | undefined;
    let usual: (() => Promise<void>) | undefined;
    try {
      const setting = Number(await shown(client, 'archive_timeout'));
      if (setting > 0) usual = await changeSetting(client, 'archive_timeout', String(triedSeconds));
      const ahead = await goneAhead(scene, clock, client);
      silence = await fallSilent(scene, client);
      const { open } = silence;
      const silent = timeline.now();
      const limitMs = hurried ? hurriedMs + aheadSeconds * 1000 : arriveMs;
      const { lacking } = await arrival(scene, archiveOf(scene), server, [open], limitMs);
      const tookMs = timeline.now() - silent;
      if (lacking.length === 0) timeline.mark('verified', 'the last commit is in the archive');
      await usual?.();
      await silence.end();
      const back = await seeBackwards(server, database);
      timeline.mark('healed', 'the application goes on');
      const seen = [
        ...ahead,
        back,
        seeLate(open, lacking, tookMs, limitMs),
        await seeBound(client, design, setting),
      ];
      return { server, database, serving: true, seen };
    } finally {
      await clock.set(0).catch(() => undefined);
      await silence?.end().catch(() => undefined);
      await usual?.().catch(() => undefined);
      await client.end().catch(() => undefined);
    }
  },
});

/** The clock goes ahead, a segment ends by it, and it is put right, each time with commits after it. */
async function goneAhead(scene: Scene, clock: HostClock, client: pg.Client): Promise<readonly Seen[]> {
  const { timeline, load, signal, hurried } = scene;
  const limitMs = hurried ? hurriedMs : arriveMs;
  const go = async (seconds: number, way: string): Promise<Seen> => {
    await clock.set(seconds);
    const off = await offBy(client);
    const before = load.counts.acknowledged;
    const going = await until(() => load.counts.acknowledged >= before + commits, limitMs, signal);
    const count = load.counts.acknowledged - before;
    return {
      subject: 'primary',
      way,
      statement: 'SELECT clock_timestamp(); SELECT pgattest_ledger.post(…)',
      expected: `its clock is ${seconds} s ahead of this program's, and ${commits} commits follow`,
      actual: `${off.toFixed(1)} s ahead, ${count} commits`,
      // One that did not move shows nothing.
      agrees: going && Math.abs(off - seconds) < 2,
      tried: count,
    };
  };
  timeline.mark('fault', `the clock of the primary jumps ${aheadSeconds} s ahead`);
  const ahead = await go(aheadSeconds, 'its clock jumps ahead');
  await switchSegment(client);
  const right = await go(0, 'its clock is put right');
  timeline.mark('injected', `the clock has gone ${aheadSeconds} s ahead and back`);
  return [ahead, right];
}

/** Seconds by which the server's clock is ahead of this program's. */
async function offBy(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ now: number }>(
    'SELECT extract(epoch FROM clock_timestamp())::float8 AS now',
  );
  return (rows[0]?.now ?? Number.NaN) - Date.now() / 1000;
}

/** Rows in the order in which they were made, whose times are before that of an earlier one. */
const backwardsSql = `SELECT count(*)::int AS later, coalesce(extract(epoch FROM max(most - at)), 0)::float8 AS seconds
FROM (SELECT at, max(at) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS most FROM pgattest_ledger.entry) e
WHERE at < most - interval '1 second'`;

/** No times of the server are reckoned with here; whoever restores by them is told what that does. */
async function seeBackwards(server: Server, database: string): Promise<Seen> {
  const client = await server.connect({ database, statementMs });
  const { rows } = await client
    .query<{ later: number; seconds: number }>(backwardsSql)
    .finally(() => client.end());
  const { later, seconds } = rows[0] ?? { later: 0, seconds: 0 };
  return {
    subject: 'point in time',
    way: 'commits that were made later than others, and have an earlier time of the server',
    statement: backwardsSql,
    expected: 'some: recovery to a time ends at the first commit with a later one, and leaves these out',
    actual: `${later}, by up to ${seconds.toFixed(1)} s: within the step back restore to a name or an LSN`,
    agrees: later > 0,
    tried: later,
  };
}

function seeLate(segment: string, lacking: readonly string[], tookMs: number, limitMs: number): Seen {
  return {
    subject: 'archive',
    way: `the last commit after a step back of ${aheadSeconds} s, with an archive_timeout of ${triedSeconds} s`,
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

/** archive_timeout counts by the clock that was stepped: until that is where it was, no segment ends for its sake. */
async function seeBound(client: pg.Client, { targets }: ValidDesign, setting: number): Promise<Seen> {
  const rpoMs = targets.rpo === undefined ? undefined : await milliseconds(client, targets.rpo);
  const bound = setting + stepSeconds;
  const most =
    rpoMs === undefined
      ? ''
      : `; a step back of ${(rpoMs / 1000 - setting).toFixed(0)} s would reach the RPO`;
  return {
    subject: 'archive',
    way: `the longest exposure of a quiet database after a step back of ${stepSeconds} s`,
    statement: 'SHOW archive_timeout',
    expected: targets.rpo === undefined ? 'a bound; the design names no RPO' : `at most ${targets.rpo}`,
    actual: setting === 0 ? 'no bound' : `${bound} s, archive_timeout and the step${most}`,
    agrees: setting > 0 && (rpoMs === undefined || bound * 1000 <= rpoMs),
    object: 'archive_timeout',
  };
}
