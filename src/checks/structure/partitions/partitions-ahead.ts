import { z } from 'zod';
import { partitionsOf } from '../../../catalog/index.ts';
import { faults } from '../../../faults/index.ts';
import { judge, type TableParameters } from '../../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';

const parameters = z.strictObject({
  kind: z.string(),
  table: z.string(),
  /** An interval from now, as PostgreSQL writes it: `6 months`. */
  ahead: z.string(),
});

/** Range partitions, as far as they reach without a hole from the one that takes rows of today. */
const statement = `
  WITH RECURSIVE bound AS (
    SELECT c.oid::regclass::text AS partition,
           CASE WHEN pg_get_expr(c.relpartbound, c.oid) LIKE '%FROM (MINVALUE%' THEN '-infinity' ELSE
           (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \\(''([^'']+)'''))[1]::timestamptz END AS lower,
           CASE WHEN pg_get_expr(c.relpartbound, c.oid) LIKE '%TO (MAXVALUE%' THEN 'infinity' ELSE
           (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([^'']+)'''))[1]::timestamptz END AS upper
    FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class AS c ON c.oid = inhrelid
    WHERE inhparent = to_regclass($1)
  ), reach AS (
    SELECT upper FROM bound WHERE lower <= now() AND now() < upper
    UNION
    SELECT bound.upper FROM reach JOIN bound ON bound.lower = reach.upper
  )
  SELECT max(upper)::text AS until, max(upper) >= now() + $2::interval AS enough FROM reach`;

/** Rows of today and of the time ahead find a partition. */
export const structurePartitionsAhead = defineCheck({
  kind: 'structure.partitions-ahead',
  family: 'structure',
  says: 'partitions reach from today into the future without a hole',
  parameters,
  needs: ['superuser'],
  tables: ({ table }) => [table],
  run: runPartitionsAhead,
  faults: (context, { table }) => {
    const now = Date.now();
    const current = partitionsOf(context.catalog, table).filter(
      ({ bound }) => boundary(bound, 'FROM') <= now && now < boundary(bound, 'TO'),
    );
    return current.map(({ identity }) => faults['partition-detached'](table, identity));
  },
});

async function* runPartitionsAhead(
  context: CheckContext,
  { table, ahead }: TableParameters & { readonly ahead: string },
): AsyncGenerator<Sighting, Judgement, void> {
  const [row] = await context.session.query(statement, [table, ahead]);
  const agrees = row?.enough === true;
  const expected = `partitions until ${ahead} from now`;
  const actual =
    row?.until == null ? 'no partition for rows of today' : `partitions until ${String(row.until)}`;
  yield {
    subject: table,
    way: 'catalogue',
    statement: 'pg_inherits, pg_class.relpartbound',
    expected,
    actual,
    agrees,
  };
  const breach = {
    says: `${table} has ${actual}, not ${ahead} ahead`,
    object: `partitions of ${table}`,
    expected,
    actual,
  };
  return judge(agrees ? [] : [breach], []);
}

/** The instant in `FOR VALUES FROM ('2026-11-01 00:00:00+00') TO (MAXVALUE)`, in milliseconds; NaN when there is none. */
function boundary(bound: string | null, side: 'FROM' | 'TO'): number {
  const value = new RegExp(`${side} \\(('[^']*'|MINVALUE|MAXVALUE)`).exec(bound ?? '')?.[1];
  if (value === 'MINVALUE') return Number.NEGATIVE_INFINITY;
  if (value === 'MAXVALUE') return Number.POSITIVE_INFINITY;
  // The server prints the offset as +00, which Date does not read.
  return Date.parse((value ?? '').slice(1, -1).replace(/([+-]\d\d)$/, '$1:00'));
}
