import { z } from 'zod';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';

const parameters = z
  .strictObject({
    kind: z.string(),
    sql: z.string().optional(),
    /** Instead of `sql`: a file of the design's `config`. */
    file: z.string().optional(),
    belowMs: z.number().positive(),
  })
  .refine(({ sql, file }) => (sql === undefined) !== (file === undefined), 'needs either sql or file');
type Parameters = z.infer<typeof parameters>;

/** A job of the design ends in time on the data of the run. */
export const loadWithin = defineCheck({
  kind: 'load.within',
  family: 'load',
  says: 'a job of the design ends within a time, at the scale of the run',
  parameters,
  needs: ['superuser', 'faults'],
  isolation: 'cluster',
  tables: () => [],
  run: runWithin,
  faults: () => [faults['server-throttled'](0.02)],
});

/** Of these the fastest counts: what else the machine does makes it slower, never faster. */
const rounds = 5;
/** With a fault in, this many times the time without it is as good as missed: nobody waits for minutes. */
const slower = 10;
/** A job of a millisecond may fit in between two pauses of the server: one that is late is enough. */
const faultyRounds = 3;

async function* runWithin(
  context: CheckContext,
  call: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const sql = call.sql ?? context.design.config[call.file ?? ''];
  if (sql === undefined) throw new Error(`no file ${call.file} in the design's config`);
  const healthy = await context.remember(`load within ${sql}`, () => fastest(context, sql, rounds));
  const faulty = context.stopAtFirstBreach;
  const belowMs = faulty ? Math.min(call.belowMs, slower * healthy) : call.belowMs;
  const took = faulty ? await firstLate(context, sql, belowMs) : healthy;
  const expected = `at most ${belowMs.toFixed(0)} ms`;
  const actual = `${took.toFixed(1)} ms`;
  const agrees = took <= belowMs;
  const scale = context.run === undefined ? '' : `, scale ${context.run.filled.scale}`;
  yield {
    subject: call.file ?? 'job',
    way: `${faulty ? `the first that is late, of ${faultyRounds}` : `the fastest of ${rounds}`}${scale}`,
    statement: sql.trim(),
    expected,
    actual,
    agrees,
  };
  return judge(
    agrees ? [] : [{ says: `it takes ${actual}`, object: call.file ?? sql, expected, actual }],
    [],
  );
}

async function fastest(context: CheckContext, sql: string, times: number): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < times; round++) best = Math.min(best, await timed(context, sql));
  return best;
}

async function firstLate(context: CheckContext, sql: string, belowMs: number): Promise<number> {
  let took = 0;
  for (let round = 0; round < faultyRounds && took <= belowMs; round++) took = await timed(context, sql);
  return took;
}

async function timed({ session }: CheckContext, sql: string): Promise<number> {
  const began = performance.now();
  await session.script(sql);
  return performance.now() - began;
}
