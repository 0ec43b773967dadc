import type { Session } from '../../../../cluster/session.ts';

/** A range partition of one level below the table. */
export interface RangePartition {
  readonly identity: string;
  readonly oid: string;
  /** Its whole range is older than what is kept. */
  readonly expired: boolean;
  readonly from: string;
}

/** A stretch of time that a partition is made for. */
export interface Window {
  readonly from: string;
  readonly to: string;
  /** A time inside it. */
  readonly at: string;
  /** `2024_09` or `2024_09_30`. */
  readonly suffix: string;
}

const partitionsStatement = `
  SELECT c.oid::text AS oid, c.oid::regclass::text AS identity,
         coalesce((regexp_match(bound, 'TO \\(''([^'']+)''\\)'))[1]::timestamptz <= now() - $2::interval, false) AS expired,
         coalesce(to_char((regexp_match(bound, 'FROM \\(''([^'']+)''\\)'))[1]::timestamptz, 'YYYY-MM-DD'), '') AS "from"
  FROM pg_catalog.pg_inherits
  JOIN pg_catalog.pg_class AS c ON c.oid = inhrelid
  CROSS JOIN pg_get_expr(c.relpartbound, c.oid) AS bound
  WHERE inhparent = $1::regclass`;

export async function rangePartitions(
  session: Session,
  table: string,
  keep: string,
): Promise<readonly RangePartition[]> {
  return (await session.query(partitionsStatement, [table, keep])) as unknown as readonly RangePartition[];
}

/** Length of each unit as an interval, and how its partitions are called. */
const units = {
  day: { length: '1 day', format: 'YYYY_MM_DD' },
  week: { length: '7 days', format: 'YYYY_MM_DD' },
  month: { length: '1 month', format: 'YYYY_MM' },
  quarter: { length: '3 months', format: 'YYYY_"q"Q' },
  year: { length: '1 year', format: 'YYYY' },
} as const;

const windowStatement = `
  SELECT to_char(start, 'YYYY-MM-DD') AS "from", to_char(stop, 'YYYY-MM-DD') AS "to",
         (start + (stop - start) / 2)::text AS at, to_char(start, $4) AS suffix
  FROM (SELECT date_trunc($2, now() - $1::interval) + $5 * $3::interval AS start) AS s
  CROSS JOIN LATERAL (SELECT start + $3::interval AS stop) AS e`;

/** So many units before or after the one in which the limit lies. */
export async function windowOf(
  session: Session,
  { keep, unit }: { readonly keep: string; readonly unit: keyof typeof units },
  count: number,
): Promise<Window> {
  const { length, format } = units[unit];
  const [row] = await session.query(windowStatement, [keep, unit, length, format, count]);
  return row as unknown as Window;
}

const relationsStatement = `
  SELECT c.oid::text AS oid, c.oid::regclass::text AS identity
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;

/** Every relation of the database but the system's own, by oid. */
export async function allRelations(session: Session): Promise<ReadonlyMap<string, string>> {
  const rows = await session.query(relationsStatement);
  return new Map(rows.map(({ oid, identity }) => [String(oid), String(identity)]));
}

const belowStatement = `
  SELECT relid::oid::text AS oid FROM pg_catalog.pg_partition_tree($1::oid::regclass) WHERE level > 0
  UNION
  SELECT d.objid::text FROM pg_catalog.pg_partition_tree($1::oid::regclass) AS t
  JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.relid
  JOIN pg_catalog.pg_class AS c ON c.oid = d.objid AND c.relkind = 'S'
  WHERE d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')`;

/** What goes with a partition: its own partitions, and sequences of its columns. */
export async function goesWith(session: Session, oid: string): Promise<readonly string[]> {
  return (await session.query(belowStatement, [oid])).map((row) => String(row.oid));
}
