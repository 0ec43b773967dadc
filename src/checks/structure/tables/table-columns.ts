import type { Session } from '../../../cluster/session.ts';
import { ident, literal } from '../../access/target.ts';
import type { Looked } from '../looked.ts';
import {
  columnsThere,
  columnText,
  difference,
  type SpecifiedColumn,
  type Unmakeable,
} from './specified-columns.ts';

/** Each column of a claim: that it is there, its type, whether it may be null, its default. */
export async function* lookAtColumns(
  session: Session,
  table: string,
  columns: readonly (SpecifiedColumn | Unmakeable)[],
): AsyncGenerator<Looked, void, void> {
  const there = await columnsThere(session, table);
  for (const wanted of columns) {
    const name = `${table}.${ident(wanted.name).replace(/^"([a-z_][a-z0-9_]*)"$/, '$1')}`;
    const found = there.get(wanted.name);
    const wrong =
      'error' in wanted
        ? { part: 'column' as const, says: `cannot be ${wanted.text}: ${wanted.error}` }
        : difference(found, wanted);
    yield {
      subject: name,
      at: 'pg_attribute, pg_attrdef',
      expected: wanted.text,
      actual: columnText(found),
      wrong: wrong && {
        says: `${name} ${wrong.says}`,
        object: wrong.part === 'default' ? `default of ${name}` : `column ${name}`,
        reproduce: `SELECT format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = ${literal(table)}::regclass AND a.attname = ${literal(wanted.name)};`,
      },
    };
  }
}

export async function* lookAtPartitionKey(
  session: Session,
  table: string,
  wanted: string,
): AsyncGenerator<Looked, void, void> {
  const [row] = await session.query('SELECT pg_get_partkeydef($1::text::regclass) AS key', [table]);
  const actual = row?.key == null ? 'not partitioned' : String(row.key);
  yield {
    subject: table,
    at: 'pg_partitioned_table',
    expected: wanted,
    actual,
    wrong: isSame(actual, wanted)
      ? undefined
      : {
          says: `${table} is ${row?.key == null ? actual : `partitioned by ${actual}`}, not by ${wanted}`,
          object: `partition key of ${table}`,
          reproduce: `SELECT pg_get_partkeydef(${literal(table)}::regclass);`,
        },
  };
}

function isSame(a: string, b: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[\s"]+/g, '');
  return plain(a) === plain(b);
}

const primaryKey = `
  SELECT ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
               WHERE a.attrelid = c.oid AND a.attnum = ANY (o.conkey) ORDER BY 1) AS key,
         ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
               WHERE a.attrelid = c.oid AND a.attnum = ANY (p.partattrs::int2[])) AS partition_key
  FROM pg_catalog.pg_class AS c
  LEFT JOIN pg_catalog.pg_constraint AS o ON o.conrelid = c.oid AND o.contype = 'p'
  LEFT JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = c.oid
  WHERE c.oid = $1::text::regclass`;

/** The primary key is these columns; on a partitioned table the server wants the partition key in it. */
export async function* lookAtPrimaryKey(
  session: Session,
  table: string,
  key: readonly string[],
): AsyncGenerator<Looked, void, void> {
  const [row] = await session.query(primaryKey, [table]);
  const found = (row?.key ?? []) as readonly string[];
  const partitionKey = (row?.partition_key ?? []) as readonly string[];
  const right =
    key.every((column) => found.includes(column)) &&
    found.every((column) => key.includes(column) || partitionKey.includes(column));
  const actual = found.length === 0 ? 'no primary key' : `(${found.join(', ')})`;
  const expected = `(${key.join(', ')})`;
  yield {
    subject: table,
    at: 'pg_constraint',
    expected,
    actual,
    wrong: right
      ? undefined
      : {
          says: `${table} has ${found.length === 0 ? actual : `the primary key ${actual}`}, not ${expected}`,
          object: `primary key of ${table}`,
          reproduce: `SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = ${literal(table)}::regclass AND contype = 'p';`,
        },
  };
}
