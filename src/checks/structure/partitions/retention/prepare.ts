import type { Session } from '../../../../cluster/session.ts';
import { ident, literal } from '../../../access/target.ts';
import { interpolate, type Variables } from '../../behaviour/steps/variables.ts';
import { makeLookAlikes } from './look-alikes.ts';
import type { Parameters } from './parameters.ts';
import { type RangePartition, rangePartitions, type Window, windowOf } from './partitions.ts';

/** What retention is let loose on. */
export interface Prepared {
  /** Partitions that must go, and those of the check's own that must stay, with why. */
  readonly going: readonly RangePartition[];
  readonly staying: readonly (readonly [partition: RangePartition, why: string])[];
  /** Old partitions of the design's own data, of which only the design knows whether something keeps them. */
  readonly open: readonly RangePartition[];
  /** By oid. */
  readonly lookAlikes: ReadonlyMap<string, string>;
  /** SQL that made all of it. */
  readonly script: readonly string[];
}

/** Makes partitions on both sides of the limit, rows in them, and tables that only look like partitions. */
export async function prepare(session: Session, given: Parameters, actors: Variables): Promise<Prepared> {
  const { table, keep, row, keeps } = given;
  const script: string[] = [];
  const run = async (sql: string, window: Window) => {
    const { from, to, at } = window;
    const statement = interpolate(sql, new Map([...actors, ['from', from], ['to', to], ['at', at]]));
    script.push(`${statement};`);
    await session.script(statement);
  };
  const made = async (units: number, rowSql: string | undefined) => {
    const window = await windowOf(session, given, units);
    const partition = await partitionFor(session, given, window, run);
    if (rowSql !== undefined) await run(rowSql, window);
    return partition;
  };
  const old = [await made(-2, row), await made(-1, row)];
  const staying: [RangePartition, string][] = [
    [await made(0, row), 'the limit lies in it'],
    [await made(1, row), 'it is younger than the limit'],
  ];
  if (keeps !== undefined) staying.push([await made(-3, keeps.sql), keeps.says]);
  const ours = new Set([...old, ...staying.map(([partition]) => partition)].map(({ oid }) => oid));
  const others = (await rangePartitions(session, table, keep)).filter(
    ({ oid, expired }) => expired && !ours.has(oid),
  );
  const name = await nameOf(session, old[0]?.oid ?? '');
  return {
    going: keeps === undefined ? [...old, ...others] : old,
    staying,
    open: keeps === undefined ? [] : others,
    lookAlikes: await makeLookAlikes(session, table, name),
    script,
  };
}

/** The partition that begins with the window: one that is there already, or a new one. */
async function partitionFor(
  session: Session,
  { table, keep, make }: Parameters,
  window: Window,
  run: (sql: string, window: Window) => Promise<void>,
): Promise<RangePartition> {
  const find = async () =>
    (await rangePartitions(session, table, keep)).find(({ from }) => from === window.from);
  const there = await find();
  if (there !== undefined) return there;
  await run(make ?? (await plainStatement(session, table, window)), window);
  const made = await find();
  if (made === undefined) throw new Error(`make has made no partition of ${table} from ${window.from}`);
  return made;
}

async function plainStatement(
  session: Session,
  table: string,
  { suffix, from, to }: Window,
): Promise<string> {
  const [row] = await session.query(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_catalog.pg_class AS c
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = $1::regclass`,
    [table],
  );
  const identity = `${ident(String(row?.schema))}.${ident(`${row?.name}_${suffix}`)}`;
  return `CREATE TABLE ${identity} PARTITION OF ${table} FOR VALUES FROM (${literal(from)}) TO (${literal(to)})`;
}

async function nameOf(session: Session, oid: string): Promise<string> {
  const [row] = await session.query('SELECT relname AS name FROM pg_catalog.pg_class WHERE oid = $1', [oid]);
  return String(row?.name);
}
