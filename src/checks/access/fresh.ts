import type { Column } from '../../catalog/catalog.ts';
import type { CheckContext } from '../check.ts';
import { ident, literal, type Target } from './target.ts';
import { isListed, listedValues } from './values.ts';

/**
 * SQL of type jsonb, over a row called `template`, that gives a copy of that row new values wherever a unique constraint
 * would otherwise stop it: so that a refusal is the policy's and not the constraint's.
 */
export function freshValues(context: CheckContext, target: Target, mentioned: ReadonlySet<string>): string {
  const row = `template.${ident(target.rules.key[0] ?? 'id')}::text`;
  const parts = new Map<string, string>();
  const sets = uniqueSets(context, target);
  for (const set of sets) {
    const { columns, predicate, nulls } = set;
    if (columns.some((column) => parts.has(column))) continue;
    // A column that another set needs a new value of is left to that one.
    const wanted = sets.flatMap((other) => (other === set ? [] : other.columns));
    const kept = new Set([...mentioned, ...(columns.every((c) => wanted.includes(c)) ? [] : wanted)]);
    const fresh = freshPart(context, target, columns, kept, row, nulls);
    if (fresh === undefined) continue;
    // A partial index holds only the rows of its predicate, whose columns are the template's and nobody else's.
    const sql =
      predicate === null
        ? fresh.sql
        : `CASE WHEN (SELECT ${predicate} FROM (SELECT template.*) AS held)
           THEN to_jsonb(${fresh.sql}) ELSE to_jsonb(template.${ident(fresh.column)}) END`;
    parts.set(fresh.column, sql);
  }
  if (parts.size === 0) return `'{}'::jsonb`;
  return `jsonb_build_object(${[...parts].map(([column, sql]) => `${literal(column)}, ${sql}`).join(', ')})`;
}

/** Which column of a unique set gets another value, and that value as SQL; undefined when there is none. */
function freshPart(
  context: CheckContext,
  target: Target,
  columns: readonly string[],
  mentioned: ReadonlySet<string>,
  row: string,
  nulls: boolean,
): { readonly column: string; readonly sql: string } | undefined {
  const table = target.relation.identity;
  const renewable = columns.filter(
    (column) =>
      !isForeign(context, table, column) &&
      !isListed(context.catalog, target, columnOf(target, column)) &&
      freshSql(target, column, row) !== undefined,
  );
  // A rule that looks at one of them would judge another row: of (tenant, number) the number is renewed.
  const plain = renewable.find((column) => !mentioned.has(column)) ?? renewable[0];
  if (plain !== undefined) return { column: plain, sql: freshSql(target, plain, row) ?? '' };
  const listed = columns.find(
    (column) => listedValues(context.catalog, target, columnOf(target, column)).length > 0,
  );
  if (listed !== undefined) return { column: listed, sql: unusedListed(context, target, columns, listed) };
  const nullable = nulls
    ? columns.find((column) => !mentioned.has(column) && !columnOf(target, column).notNull)
    : undefined;
  if (nullable !== undefined) return { column: nullable, sql: 'NULL::text' };
  const column = columns.find((candidate) => !mentioned.has(candidate)) ?? columns.at(-1) ?? '';
  const sql = unusedReference(context, table, columns, column);
  return sql === undefined ? undefined : { column, sql };
}

interface UniqueSet {
  readonly columns: readonly string[];
  readonly predicate: string | null;
  /** NULL is never a duplicate of NULL. */
  readonly nulls: boolean;
}

/** Columns that must be unique together, and the predicate of a partial index; those without one first. */
function uniqueSets(context: CheckContext, target: Target): readonly UniqueSet[] {
  return context.catalog.indexes
    .filter((index) => index.relation === target.relation.identity && index.unique)
    .map((index) => ({
      columns: index.columns.includes(null)
        ? expressionColumns(index.definition, target)
        : (index.columns as string[]),
      predicate: index.predicate,
      nulls: !/\bNULLS NOT DISTINCT\b/.test(index.definition),
    }))
    .filter(({ columns }) => columns.length > 0)
    .sort(
      (a, b) =>
        Number(a.predicate !== null) - Number(b.predicate !== null) || a.columns.length - b.columns.length,
    );
}

/** Columns of a unique index over expressions, such as `lower(email)`: whichever of the table's columns it names. */
function expressionColumns(definition: string, target: Target): readonly string[] {
  const inside = definition.slice(definition.indexOf('('));
  return target.columns
    .map((column) => column.name)
    .filter((name) =>
      new RegExp(`\\b${name.replace(/[^\w]/g, '\\$&')}\\b`).test(inside.replace(/\sWHERE\s.*$/s, '')),
    );
}

function isForeign(context: CheckContext, table: string, column: string): boolean {
  return context.catalog.constraints.some(
    (constraint) =>
      constraint.relation === table &&
      constraint.kind === 'foreign key' &&
      constraint.columns.includes(column),
  );
}

/** Another value of the column's type, a pure function of the template row. */
function freshSql(target: Target, name: string, row: string): string | undefined {
  const column = columnOf(target, name);
  switch (column.baseType) {
    case 'pg_catalog.uuid':
      return `md5('fresh ' || ${row})::uuid`;
    case 'pg_catalog.text':
    case 'pg_catalog.varchar':
    case 'pg_catalog.bpchar':
      return lengthOf(column) < 38
        ? `left(md5('fresh ' || ${row}), ${lengthOf(column)})`
        : // Ends as the old one did: an e-mail address stays one.
          `left(md5('fresh ' || ${row}) || template.${ident(name)}, ${Math.min(lengthOf(column), 200)})`;
    case 'pg_catalog.int4':
    case 'pg_catalog.int8':
      // Not near the end of the range: generated columns and triggers may reckon with it.
      return `1000000 + abs(hashtext(${row})) % 1000000`;
    case 'pg_catalog.numeric':
    case 'pg_catalog.float8':
      return `abs(hashtext(${row})) % 1000000 + 0.5`;
    case 'pg_catalog.timestamptz':
    case 'pg_catalog.timestamp':
    case 'pg_catalog.date':
      return `(date '2000-01-01' + abs(hashtext(${row})) % 10000)::${column.type}`;
    case 'pg_catalog.interval':
      return `abs(hashtext(${row})) * interval '1 second'`;
    case 'pg_catalog.bytea':
      return `decode(md5('fresh ' || ${row}), 'hex')`;
    case 'pg_catalog.jsonb':
      return `jsonb_build_object('fresh', md5(${row}))`;
    case 'pg_catalog.inet':
      return `'10.0.0.0'::inet + abs(hashtext(${row})) % 16777216`;
    default:
      return undefined;
  }
}

/** The longest text that the column takes: `character varying(8)`. */
function lengthOf(column: Column): number {
  return Number(/\((\d+)\)/.exec(column.type)?.[1] ?? Number.POSITIVE_INFINITY);
}

/** For a unique pair with a column that has a list of values: one that does not yet occur together with the others. */
function unusedListed(
  context: CheckContext,
  target: Target,
  columns: readonly string[],
  listed: string,
): string {
  const column = columnOf(target, listed);
  const values = listedValues(context.catalog, target, column).map(literal);
  const others = columns.filter((other) => other !== listed);
  const same = others.map((other) => `taken.${ident(other)} = template.${ident(other)}`);
  return `(SELECT free.value FROM unnest(ARRAY[${values.join(', ')}]::text[]) AS free(value)
    WHERE NOT EXISTS (SELECT 1 FROM ${target.relation.identity} AS taken
      WHERE ${[...same, `taken.${ident(listed)}::text = free.value`].join(' AND ')})
    ORDER BY 1 LIMIT 1)`;
}

function columnOf(target: Target, name: string): Column {
  const column = target.columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new Error(`no column ${name} in ${target.relation.identity}`);
  return column;
}

/** For a unique pair of foreign keys: a referenced key that does not yet occur together with the other columns. */
function unusedReference(
  context: CheckContext,
  table: string,
  columns: readonly string[],
  free: string,
): string | undefined {
  const [foreign] = context.catalog.constraints
    .filter(
      (constraint) =>
        constraint.relation === table &&
        constraint.kind === 'foreign key' &&
        constraint.columns.includes(free),
    )
    .sort((a, b) => a.columns.length - b.columns.length);
  const key = foreign?.referencedColumns[foreign.columns.indexOf(free)];
  if (foreign?.references == null || key === undefined) return undefined;
  // The rest of a key of several columns stays: another product of the same tenant.
  const rest = foreign.columns.flatMap((column, index) =>
    column === free
      ? []
      : [`free.${ident(foreign.referencedColumns[index] ?? '')} = template.${ident(column)}`],
  );
  const others = columns.filter((column) => column !== free);
  const same = others.map((column) => `taken.${ident(column)} = template.${ident(column)}`);
  return `(SELECT free.${ident(key)} FROM ${foreign.references} AS free
    WHERE ${[...rest, 'true'].join(' AND ')} AND NOT EXISTS (SELECT 1 FROM ${table} AS taken
      WHERE ${[...same, `taken.${ident(free)} = free.${ident(key)}`].join(' AND ')})
    ORDER BY hashtextextended(free.${ident(key)}::text || ${`template.${ident(free)}::text`}, 0) LIMIT 1)`;
}
