import type { Column } from '../../../catalog/catalog.ts';
import { constraintsOf } from '../../../catalog/index.ts';
import type { CheckContext } from '../../check.ts';
import { freshValues } from '../fresh.ts';
import { parsePredicate } from '../predicate.ts';
import { columnList, ident, literal, overriding } from '../target.ts';
import { listedValues } from '../values.ts';
import { isTheirs, type Owned } from './tenants.ts';

/** Something that a tenant does to its own rows; it says how many rows it touched. */
export interface Phase {
  readonly says: 'changed' | 'added' | 'deleted';
  readonly apply: (context: CheckContext, owned: Owned) => Promise<number>;
}

export const phases = {
  deleted: { says: 'deleted', apply: deleteRows },
  added: { says: 'added', apply: addRows },
  changed: { says: 'changed', apply: changeRows },
} as const satisfies Record<string, Phase>;

/** Every column by itself, so that one that a constraint holds does not keep the others from changing. */
async function changeRows(context: CheckContext, owned: Owned): Promise<number> {
  const { target } = owned;
  let touched = 0;
  for (const column of changeable(context, owned)) {
    for (const value of otherValues(context, owned, column)) {
      const after = target.columns.map(({ name }) =>
        name === column.name ? `${value} AS ${ident(name)}` : `"row".${ident(name)}`,
      );
      // What the change would make everybody's business is no business of this proof.
      const statement = `UPDATE ${target.relation.identity} AS "row" SET ${ident(column.name)} = ${value}
        WHERE ${isTheirs(owned, '"row"')}${owned.deciding?.columns.includes(column.name) ? unlessDeciding(owned) : ''}
          AND NOT coalesce((SELECT (${owned.shared}) FROM (SELECT ${after.join(', ')}) AS "row"), false)`;
      const attempt = await context.session.attempt(statement, [], true);
      if (attempt.status === 'done' && attempt.count > 0) {
        touched += attempt.count;
        break;
      }
    }
  }
  return touched;
}

/** Not what says whose the row is, nor what it refers to: another reference would make it another's. */
function changeable(context: CheckContext, { target, tenant }: Owned): readonly Column[] {
  const foreign = new Set(
    constraintsOf(context.catalog, target.relation.identity)
      .filter(({ kind }) => kind === 'foreign key')
      .flatMap(({ columns }) => columns),
  );
  const deciding = decidingColumns({ tenant });
  return target.stored.filter(
    ({ name, identity }) =>
      !identity && !foreign.has(name) && !deciding.has(name) && !target.rules.key.includes(name),
  );
}

/** SQL over `"row"` for other values of a column, the first that the constraints take is used. */
function otherValues(context: CheckContext, { target }: Owned, column: Column): readonly string[] {
  const own = `"row".${ident(column.name)}`;
  const listed = listedValues(context.catalog, target, column);
  if (listed.length > 1) {
    return listed.map((value, index) => {
      const other = listed[(index + 1) % listed.length] ?? value;
      return `(CASE WHEN ${own}::text = ${literal(value)} THEN ${literal(other)} ELSE ${literal(value)} END)::${column.type}`;
    });
  }
  const length = /\((\d+)\)/.exec(column.type)?.[1];
  switch (column.baseType) {
    case 'pg_catalog.text':
    case 'pg_catalog.varchar':
    case 'pg_catalog.bpchar': {
      const text = `md5(coalesce(${own}::text, '') || 'other')`;
      return [
        `left(${text}, ${length ?? 32})::${column.type}`,
        `left(${text} || ${own}::text, ${length ?? 200})::${column.type}`,
      ];
    }
    case 'pg_catalog.bool':
      return [`(NOT coalesce(${own}, false))`];
    case 'pg_catalog.int2':
    case 'pg_catalog.int4':
    case 'pg_catalog.int8':
    case 'pg_catalog.numeric':
    case 'pg_catalog.float8':
    case 'pg_catalog.date':
      return [
        `(coalesce(${own}, ${column.baseType === 'pg_catalog.date' ? 'current_date' : '0'}) + 1)`,
        `(${own} - 1)`,
      ];
    case 'pg_catalog.timestamptz':
    case 'pg_catalog.timestamp':
      return [`(coalesce(${own}, now()) + interval '1 hour')`, `(${own} - interval '1 hour')`];
    case 'pg_catalog.uuid':
      return [`md5(coalesce(${own}::text, '') || 'other')::uuid`];
    case 'pg_catalog.jsonb':
      return [`jsonb_build_object('other', ${own})`, `'[]'::jsonb`];
    default:
      return column.notNull ? [] : [`NULL::${column.type}`];
  }
}

/** Columns by which a row is the tenant's. */
function decidingColumns({ tenant }: Pick<Owned, 'tenant'>): ReadonlySet<string> {
  return parsePredicate(tenant).columns.get('row') ?? new Set();
}

/** Copies with new keys, and new values wherever something must be unique; the tenant's own, if it can be. */
async function addRows(context: CheckContext, owned: Owned): Promise<number> {
  const { target } = owned;
  const names = columnList(target.stored.map(({ name }) => name));
  const attempt = await context.session.attempt(
    `INSERT INTO ${target.relation.identity} (${names})${overriding(target.stored)}
     SELECT ${columnList(
       target.stored.map(({ name }) => name),
       'made',
     )}
     FROM ${target.relation.identity} AS template
     CROSS JOIN LATERAL jsonb_populate_record(NULL::${target.relation.identity},
       to_jsonb(template) || ${freshValues(context, target, decidingColumns(owned))}) AS made
     WHERE ${isTheirs(owned, 'template')} ON CONFLICT DO NOTHING`,
    [],
    true,
  );
  return attempt.status === 'done' ? attempt.count : 0;
}

async function deleteRows(context: CheckContext, owned: Owned): Promise<number> {
  const attempt = await context.session.attempt(
    `DELETE FROM ${owned.target.relation.identity} AS "row" WHERE ${isTheirs(owned, '"row"')}${unlessDeciding(owned)}`,
    [],
    true,
  );
  return attempt.status === 'done' ? attempt.count : 0;
}

/** Rows that decide what others may see of the tenant stay, with what they decide it by. */
function unlessDeciding({ deciding }: Owned): string {
  return deciding === undefined ? '' : ` AND NOT coalesce((${deciding.where}), false)`;
}
