import pg from 'pg';
import type { Session } from '../../../cluster/session.ts';
import { ident, literal } from '../../access/target.ts';
import {
  type IndexFacts,
  type IndexSpec,
  indexesThere,
  indexText,
  isSameUnique,
  specifiedIndex,
} from '../indexes/index-facts.ts';
import type { Looked } from '../looked.ts';
import { columnNames } from '../relation-there.ts';

/** An entry of `unique`, as the index that would hold it. */
export function uniqueSpec(entry: readonly string[] | Omit<IndexSpec, 'unique'>): IndexSpec {
  return { ...('columns' in entry ? entry : { columns: entry }), unique: true };
}

/** Indexes that forbid exactly what the entry forbids. */
export async function uniqueThere(
  session: Session,
  table: string,
  spec: IndexSpec,
): Promise<readonly IndexFacts[] | string> {
  const wanted = await specifiedIndex(session, table, spec);
  if (typeof wanted === 'string') return wanted;
  return (await indexesThere(session, table)).filter((found) => isSameUnique(found, wanted, spec));
}

export async function* lookAtUnique(
  session: Session,
  table: string,
  spec: IndexSpec,
): AsyncGenerator<Looked, void, void> {
  const found = await uniqueThere(session, table, spec);
  const text = indexText(spec).replace('unique btree ', 'unique ');
  const there = typeof found !== 'string' && found.length > 0;
  const actual =
    typeof found === 'string'
      ? found
      : there
        ? found.map(({ name }) => name).join(', ')
        : 'nothing of the kind';
  yield {
    subject: table,
    at: 'pg_index, pg_constraint',
    expected: text,
    actual,
    wrong: there
      ? undefined
      : {
          says: `${table} may hold the same (${spec.columns.join(', ')}) twice: no valid unique constraint or index is exactly that`,
          object: `${text} on ${table}`,
          reproduce: `SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ${literal(table)}::regclass AND indisunique;`,
        },
  };
}

/** A foreign key as a claim says it. */
export interface Reference {
  /** Pairs of referring and referenced columns. */
  readonly pairs: readonly (readonly [string, string])[];
  readonly table: string;
  readonly onDelete: string | undefined;
}

export function referenceOf(columns: string, target: string): Reference {
  const [, table = '', referenced = '', onDelete] =
    /^(.+?)\s*\(([^()]+)\)(?:\s+on delete\s+(.+?))?\s*$/is.exec(target) ?? [];
  const to = columnNames(referenced);
  const pairs = columnNames(columns).map((column, place) => [column, to[place] ?? ''] as const);
  return { pairs, table: table.trim(), onDelete: onDelete?.toLowerCase() };
}

const foreignKeys = `
  SELECT o.conname AS name, o.convalidated AS validated,
         (SELECT array_agg(ARRAY[a.attname::text, b.attname::text])
          FROM unnest(o.conkey, o.confkey) AS pair (key, referenced)
          JOIN pg_catalog.pg_attribute AS a ON a.attrelid = o.conrelid AND a.attnum = pair.key
          JOIN pg_catalog.pg_attribute AS b ON b.attrelid = o.confrelid AND b.attnum = pair.referenced) AS pairs,
         CASE o.confdeltype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade'
                            WHEN 'n' THEN 'set null' ELSE 'set default' END AS "onDelete"
  FROM pg_catalog.pg_constraint AS o
  WHERE o.conrelid = $1::text::regclass AND o.contype = 'f' AND o.confrelid = to_regclass($2)
  ORDER BY o.conname`;

interface ForeignKey {
  readonly name: string;
  readonly validated: boolean;
  readonly pairs: readonly (readonly [string, string])[];
  readonly onDelete: string;
}

/** A foreign key of these pairs of columns, or a wider one that compares more. */
export async function* lookAtReferences(
  session: Session,
  table: string,
  columns: string,
  target: string,
): AsyncGenerator<Looked, void, void> {
  const wanted = referenceOf(columns, target);
  const all = (await session.query(foreignKeys, [table, wanted.table])) as unknown as ForeignKey[];
  const found = all.filter(({ pairs }) =>
    wanted.pairs.every((pair) => pairs.some((other) => other[0] === pair[0] && other[1] === pair[1])),
  );
  const good = found.find(
    ({ validated, onDelete }) => validated && (wanted.onDelete === undefined || onDelete === wanted.onDelete),
  );
  const [near] = found;
  const actual =
    good !== undefined
      ? `${good.name}, on delete ${good.onDelete}`
      : near === undefined
        ? 'no such foreign key'
        : near.validated
          ? `${near.name} is on delete ${near.onDelete}`
          : `${near.name} is not validated`;
  yield {
    subject: table,
    at: 'pg_constraint',
    expected: `(${columns}) references ${target}`,
    actual,
    wrong:
      good !== undefined
        ? undefined
        : {
            says: `(${columns}) of ${table} may refer to what is not in ${target}: ${actual}`,
            object: `foreign key (${columns}) on ${table}${near === undefined ? '' : `: ${ident(near.name)}`}`,
            reproduce: `SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = ${literal(table)}::regclass AND contype = 'f';`,
          },
  };
}

const checkConstraints = `
  SELECT conname AS name, pg_get_constraintdef(oid) AS definition, convalidated AS validated
  FROM pg_catalog.pg_constraint WHERE conrelid = $1::text::regclass AND contype IN ('c', 'x') ORDER BY conname`;

interface CheckConstraint {
  readonly name: string;
  readonly definition: string;
  readonly validated: boolean;
}

/** The CHECK or exclusion constraints of that name, or of an expression that the server prints alike. */
export async function checksThere(
  session: Session,
  table: string,
  wanted: string,
): Promise<readonly CheckConstraint[]> {
  const all = (await session.query(checkConstraints, [table])) as unknown as CheckConstraint[];
  const named = all.filter(({ name }) => name === wanted);
  if (named.length > 0) return named;
  const printed = await printedCheck(session, table, wanted);
  return all.filter(({ definition }) => definition.replace(/ (NOT VALID|NO INHERIT)$/g, '') === printed);
}

export async function* lookAtChecks(
  session: Session,
  table: string,
  wanted: string,
): AsyncGenerator<Looked, void, void> {
  const found = await checksThere(session, table, wanted);
  const there = found.some(({ validated }) => validated);
  const [near] = found;
  const actual =
    near === undefined ? 'no such constraint' : `${near.name}${there ? '' : ' is not validated'}`;
  yield {
    subject: table,
    at: 'pg_constraint',
    expected: wanted,
    actual,
    wrong: there
      ? undefined
      : {
          says: `${table} has ${near === undefined ? `no constraint ${wanted}` : `rows that ${near.name} was never held against`}`,
          object: `constraint ${wanted} on ${table}`,
          reproduce: `SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = ${literal(table)}::regclass AND contype = 'c';`,
        },
  };
}

/** The expression as the server would print it in a constraint of this table; undefined when it cannot be one. */
async function printedCheck(
  session: Session,
  table: string,
  expression: string,
): Promise<string | undefined> {
  try {
    return await session.undone(async () => {
      await session.script(`CREATE TEMP TABLE pgattest_like (LIKE ${table})`);
      await session.script(`ALTER TABLE pg_temp.pgattest_like ADD CHECK (${expression})`);
      const [row] = await session.query(checkConstraints, ['pg_temp.pgattest_like']);
      return String(row?.definition);
    });
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return undefined;
  }
}
