import type { Session } from '../../../cluster/session.ts';
import { ident, literal } from '../../access/target.ts';

/** A value that was given to the column, and what the server said to it. */
export interface TriedValue {
  readonly value: string;
  readonly error: string | undefined;
  readonly constraint: string | undefined;
}

const constraints = `
  SELECT o.conname AS name, pg_get_constraintdef(o.oid) AS definition, format_type(a.atttypid, a.atttypmod) AS type,
         ARRAY(SELECT enumlabel::text FROM pg_catalog.pg_enum WHERE enumtypid = a.atttypid) AS labels
  FROM pg_catalog.pg_attribute AS a
  LEFT JOIN pg_catalog.pg_constraint AS o ON o.conrelid = a.attrelid AND o.contype = 'c' AND o.conkey = ARRAY[a.attnum]
  WHERE a.attrelid = to_regclass($1) AND a.attname = $2 ORDER BY o.conname`;

/**
 * Gives a column of that type, under the constraints that are about it alone, each value that is claimed, that the
 * constraints or the enum mention, and some that nobody lists. A string says why nothing could be tried.
 */
export async function acceptedValues(
  session: Session,
  table: string,
  column: string,
  claimed: readonly string[],
): Promise<readonly TriedValue[] | string> {
  const rows = await session.query(constraints, [table, column]);
  const [first] = rows;
  if (first === undefined) return 'there is no such column';
  const own = rows.flatMap(({ name, definition }) =>
    name == null ? [] : [{ name: String(name), definition: String(definition) }],
  );
  const mentioned = own.flatMap(({ definition }) => stringsOf(definition));
  const near = claimed.flatMap((value) => [value.toUpperCase(), `${value} `]).slice(0, 4);
  const candidates = new Set([
    ...claimed,
    ...mentioned,
    ...(first.labels as readonly string[]),
    ...near.filter((value) => !claimed.includes(value)),
    '',
    'pgattest?',
  ]);
  return session.undone(async () => {
    const definitions = own.map(
      ({ name, definition }) => `, CONSTRAINT ${ident(name)} ${definition.replace(/ NOT VALID$/, '')}`,
    );
    await session.script(
      `CREATE TEMP TABLE pgattest_values (${ident(column)} ${String(first.type)}${definitions.join('')})`,
    );
    const tried: TriedValue[] = [];
    for (const value of candidates) {
      const attempt = await session.attempt(`INSERT INTO pg_temp.pgattest_values VALUES (${literal(value)})`);
      const error = attempt.status === 'error' ? attempt.error : undefined;
      tried.push({
        value,
        error: error === undefined ? undefined : `${error.sqlstate}: ${error.message}`,
        constraint: error?.constraint,
      });
    }
    return tried;
  });
}

/** Text constants as the server prints them: `'a'::text`. */
function stringsOf(definition: string): readonly string[] {
  return [...definition.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = '']) => text.replaceAll("''", "'"));
}
