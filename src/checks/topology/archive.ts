import { z } from 'zod';
import { until } from '../../cluster/until.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around, patience } from './around.ts';
import { Notes } from './notes.ts';
import { withSetting } from './with-setting.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** A switched segment is in the archive within so many milliseconds. */
  withinMs: z.int().positive().default(10_000),
});

/** WAL arrives in the archive: at once when a segment is full, in time when it is not, and all of it after an outage. */
export const topologyArchive = defineCheck({
  kind: 'topology.archive',
  family: 'topology',
  says: 'a full segment of WAL is in the archive soon after, byte for byte; archive_timeout bounds how long one stays open; none is lost while the archive fails',
  parameters,
  needs: ['superuser', 'archive'],
  isolation: 'cluster',
  tables: () => [],
  run: runArchive,
  faults: () => [
    faults['primary-setting']('archive_command', 'true', 'the archive lies: it says yes and stores nothing'),
    faults['primary-setting']('archive_command', 'false', 'the archive takes nothing'),
    faults['primary-setting']('archive_timeout', '0', 'a segment stays open until it is full'),
  ],
});

/** Segments that are made while the archive fails. */
const during = 3;
/** The time-out that is tried, so that nobody waits for the design's: it is the same clockwork. */
const triedSeconds = 2;

async function* runArchive(
  context: CheckContext,
  { withinMs }: z.infer<typeof parameters>,
): AsyncGenerator<Sighting, Judgement, void> {
  const { session } = context;
  const notes = new Notes();
  const done = () => context.stopAtFirstBreach && notes.breaches.length > 0;
  const switched = await switchSegment(context);
  yield* seesArchived(context, notes, 'a switched segment', [switched], withinMs);
  if (done()) return judge(notes.breaches, []);

  const wanted = context.design.topology.archive?.timeout ?? '';
  const [setting] = await session.query(
    `SELECT setting::int AS now, extract(epoch FROM $1::interval)::int AS wanted
     FROM pg_settings WHERE name = 'archive_timeout'`,
    [wanted],
  );
  const now = Number(setting?.now);
  yield* notes.see(
    {
      subject: 'primary',
      way: 'archive_timeout',
      statement: 'SHOW archive_timeout',
      expected: `at most ${wanted}`,
      actual: now === 0 ? 'none: a quiet database archives nothing' : `${now} s`,
    },
    now > 0 && now <= Number(setting?.wanted),
    'archive_timeout',
  );
  if (done()) return judge(notes.breaches, []);

  yield* arrivesUnasked(context, notes, withinMs);
  if (notes.breaches.length > 0) return judge(notes.breaches, []);
  yield* survivesOutage(context, notes, withinMs);
  return judge(notes.breaches, []);
}

async function* arrivesUnasked(
  context: CheckContext,
  notes: Notes,
  withinMs: number,
): AsyncGenerator<Sighting> {
  const seen = await withSetting(context.session, 'archive_timeout', `${triedSeconds}s`, async () => {
    const open = await writeSomething(context);
    const way = `an open segment, once archive_timeout (${triedSeconds} s for this) is over`;
    const sightings: Sighting[] = [];
    for await (const sighting of seesArchived(context, notes, way, [open], triedSeconds * 1000 + withinMs))
      sightings.push(sighting);
    return sightings;
  });
  yield* seen;
}

async function* survivesOutage(
  context: CheckContext,
  notes: Notes,
  withinMs: number,
): AsyncGenerator<Sighting> {
  const { session } = context;
  const segments: string[] = [];
  await withSetting(session, 'archive_command', 'false', async () => {
    const [before] = await session.query('SELECT failed_count FROM pg_stat_archiver');
    for (let n = 0; n < during; n++) segments.push(await switchSegment(context));
    // It has failed for sure, and not only been too slow to be asked.
    await until(async () => {
      const [row] = await session.query('SELECT failed_count FROM pg_stat_archiver');
      return Number(row?.failed_count) > Number(before?.failed_count);
    }, withinMs);
  });
  // After three failures the server may wait a minute until it tries again.
  yield* seesArchived(
    context,
    notes,
    `${during} segments of an outage, after it`,
    segments,
    60_000 + withinMs,
  );
}

async function* seesArchived(
  context: CheckContext,
  notes: Notes,
  way: string,
  segments: readonly string[],
  withinMs: number,
): AsyncGenerator<Sighting> {
  const limitMs = patience(context, withinMs);
  const began = performance.now();
  const missing = new Set(segments);
  await until(async () => {
    for (const segment of missing) if (await isArchived(context, segment)) missing.delete(segment);
    return missing.size === 0;
  }, limitMs);
  const took = (performance.now() - began).toFixed(0);
  yield* notes.see(
    {
      subject: 'archive',
      way,
      statement: 'SELECT pg_switch_wal()',
      expected: `${segments.join(', ')} in the archive within ${limitMs} ms, byte for byte`,
      actual:
        missing.size === 0
          ? `there after ${took} ms`
          : `${[...missing].join(', ')} not there, or not the same, after ${took} ms`,
    },
    missing.size === 0,
    'archive_command',
  );
}

async function isArchived(context: CheckContext, segment: string): Promise<boolean> {
  const { cluster, topology } = around(context);
  return (await topology.ground.archive?.holds(segment, cluster.primary)) === true;
}

/** The segment that something has been written to, still open. */
async function writeSomething({ session }: CheckContext): Promise<string> {
  const [row] = await session.query(
    "SELECT pg_walfile_name(pg_logical_emit_message(true, 'pgattest', 'archive')) AS segment",
  );
  return String(row?.segment);
}

/** Ends a segment that something has been written to. */
async function switchSegment(context: CheckContext): Promise<string> {
  await writeSomething(context);
  const [row] = await context.session.query('SELECT pg_walfile_name(pg_switch_wal()) AS segment');
  return String(row?.segment);
}
