import type { Column } from '../../catalog/catalog.ts';
import { ident, keyCondition, keyText, type Target } from '../access/target.ts';
import { ownRows, someRows } from './operations.ts';
import { countRecords } from './records.ts';
import { type AuditTrial, type Scene, trial } from './scene.ts';

/**
 * A change of each column by itself: a trigger for some columns only, or with a condition, misses the others. Columns that
 * a constraint or trigger keeps from changing at all are passed over.
 */
export async function eachColumn(scene: Scene): Promise<AuditTrial> {
  const { context, target, audited } = scene;
  const wrong: string[] = [];
  let telling = '';
  const tried: string[] = [];
  const [row] = await someRows(context, target, audited, target.relation.identity, 1);
  const columns = target.stored.filter(({ name }) => !target.rules.key.includes(name));
  for (const column of row === undefined ? [] : columns) {
    const to = otherValue(target, column);
    if (to === undefined) continue;
    const statement = `UPDATE ${target.relation.identity} AS "row" SET ${ident(column.name)} = ${to} WHERE ${keyCondition(target, row?.key ?? [])}`;
    const records = await recordsOf(scene, statement, row?.json ?? '');
    if (records === undefined) continue;
    tried.push(column.name);
    const expected = audited.ignored.includes(column.name) ? 0 : 1;
    if (records === expected) continue;
    wrong.push(`${records} records instead of ${expected} of a change of ${column.name} alone`);
    telling ||= statement;
  }
  return trial(scene, {
    action: 'UPDATE',
    relation: target.relation.identity,
    way: `UPDATE of each column alone (${tried.join(', ')})`,
    statement: telling || `UPDATE ${target.relation.identity} SET …`,
    wrong,
    expected: 'one record each',
    settings: {},
  });
}

/** How many records the change left; undefined when it was refused or changed nothing. */
async function recordsOf(scene: Scene, statement: string, before: string): Promise<number | undefined> {
  const { context, target, audited, audit, mark } = scene;
  return context.session.undone(async () => {
    const attempt = await context.session.attempt(statement, [], true);
    if (attempt.status === 'error' || attempt.count === 0) return undefined;
    const [after] = await ownRows(context, target, audited, mark);
    if (after === undefined || after.json === before) return undefined;
    return countRecords(context.session, audit, audited, mark, 'UPDATE');
  });
}

/** The value that another row has, or one made up; undefined for a type that none is known for. */
function otherValue(target: Target, column: Column): string | undefined {
  const name = ident(column.name);
  const other = `(SELECT other.${name} FROM ${target.relation.identity} AS other
    WHERE other.${name} IS DISTINCT FROM "row".${name} AND other.${name} IS NOT NULL
    ORDER BY md5(${keyText(target, 'other')}) LIMIT 1)`;
  const made = madeUp(column);
  return made === undefined ? undefined : `coalesce(${other}, ${made}::${column.type})`;
}

function madeUp(column: Column): string | undefined {
  const name = `"row".${ident(column.name)}`;
  switch (column.baseType) {
    case 'pg_catalog.bool':
      return `NOT coalesce(${name}, false)`;
    case 'pg_catalog.text':
    case 'pg_catalog.varchar':
      return `left(md5(coalesce(${name}, '')), 8)`;
    case 'pg_catalog.timestamptz':
    case 'pg_catalog.timestamp':
      return `coalesce(${name}, now()) - interval '1 hour'`;
    case 'pg_catalog.date':
      return `coalesce(${name}, current_date) - 1`;
    case 'pg_catalog.int2':
    case 'pg_catalog.int4':
    case 'pg_catalog.int8':
    case 'pg_catalog.numeric':
      return `coalesce(${name}, 0) + 1`;
    case 'pg_catalog.uuid':
      return `md5(coalesce(${name}::text, ''))::uuid`;
    case 'pg_catalog.jsonb':
      return `coalesce(${name}, '{}') || '{"pgattest": true}'`;
    default:
      return column.notNull ? undefined : `NULL`;
  }
}
