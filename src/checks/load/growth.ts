import type pg from 'pg';
import { z } from 'zod';
import { fill } from '../../data/index.ts';
import { openPools } from '../../data/pools.ts';
import type { Breach } from '../../evidence/model.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { loadContext } from './bench.ts';
import { callsOf, timeCalls } from './timed-calls.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** Statements of the workload. */
  statements: z.array(z.string()).min(1),
  /** So many times the rows: of the run's own data, or its own data are so many times those of a smaller scale. */
  times: z.number().min(2),
  /** A statement may take so many times as long then, in the median. */
  ratio: z.number().min(1),
});
type Parameters = z.infer<typeof parameters>;

/** Tables grow and a statement does not get slow: its time with many times the rows over its time with few. */
export const loadGrowth = defineCheck({
  kind: 'load.growth',
  family: 'load',
  says: 'statements of the workload hardly take longer when the tables hold many times the rows',
  parameters,
  needs: ['superuser'],
  isolation: 'database',
  tables: () => [],
  run: runGrowth,
  faults: () => [faults['indexes-hidden']('all')],
});

async function* runGrowth(
  given: CheckContext,
  { statements, times, ratio }: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const context = loadContext(given);
  const { design, run } = context;
  const client = await context.connect();
  const pools = await openPools(run.filled.seed);
  const { scale } = run.filled;
  // What is there is the larger of the two where it is large enough: fewer rows are sooner made than more.
  const there = scale >= times ? 'many' : 'few';
  const other = there === 'many' ? scale / times : scale * times;
  const timesAt = (at: number) =>
    timeCalls(client, design.request.role, callsOf(design, { ...run.filled, pools, scale: at }, statements));
  const here = await timesAt(scale);
  run.progress(`filling scale ${other} in place of ${scale}`);
  await refill(client, context, other);
  const elsewhere = await timesAt(other);
  const [before, after] = there === 'many' ? [elsewhere, here] : [here, elsewhere];
  const breaches: Breach[] = [];
  const unexercised: string[] = [];
  for (const statement of statements) {
    const few = before.get(statement);
    const many = after.get(statement);
    if (few === undefined || many === undefined) {
      unexercised.push(`no transaction of the workload calls ${statement}`);
      continue;
    }
    const actual = `${many.toFixed(3)} ms with ${times} times the rows, ${few.toFixed(3)} ms without: ${(many / few).toFixed(2)}`;
    const agrees = many / few <= ratio;
    const expected = `at most ${ratio} times as long`;
    yield {
      subject: statement,
      way: 'median of its calls, the fastest of each, prepared',
      statement,
      expected,
      actual,
      agrees,
    };
    if (!agrees) breaches.push({ says: `${statement}: ${actual}`, object: statement, expected, actual });
  }
  return judge(breaches, unexercised);
}

async function refill(
  client: pg.Client,
  { design, run }: ReturnType<typeof loadContext>,
  scale: number,
): Promise<void> {
  const tables = design.data.tables.map(({ table }) => table);
  // TRUNCATE builds every index anew, and one that was not valid is valid then: each stays what it was.
  const { rows: invalid } = await client.query<{ index: number }>(
    'SELECT indexrelid::oid AS index FROM pg_catalog.pg_index WHERE NOT indisvalid',
  );
  await withoutTriggers(client, () => client.query(`TRUNCATE ${tables.join(', ')} CASCADE`));
  await fill(client, design.data, { ...run.filled, scale, signal: run.signal });
  await client.query('UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = ANY ($1::oid[])', [
    invalid.map(({ index }) => index),
  ]);
}

/** Tables that are append-only refuse to be emptied, whoever asks. Afterwards each trigger fires as it did. */
async function withoutTriggers(client: pg.Client, work: () => Promise<unknown>): Promise<void> {
  const { rows } = await client.query<{ table: string; trigger: string; state: string }>(
    `SELECT tgrelid::regclass::text AS "table", quote_ident(tgname) AS trigger, tgenabled AS state
     FROM pg_catalog.pg_trigger WHERE NOT tgisinternal AND tgparentid = 0 AND tgenabled <> 'D'`,
  );
  for (const { table, trigger } of rows)
    await client.query(`ALTER TABLE ${table} DISABLE TRIGGER ${trigger}`);
  await work();
  for (const { table, trigger, state } of rows) {
    await client.query(`ALTER TABLE ${table} ENABLE ${fires[state] ?? ''} TRIGGER ${trigger}`);
  }
}

const fires: Readonly<Record<string, string>> = { A: 'ALWAYS', R: 'REPLICA' };
