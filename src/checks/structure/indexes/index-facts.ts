import pg from 'pg';
import type { Session } from '../../../cluster/session.ts';
import { ident } from '../../access/target.ts';

/** An index as the server prints it: two are the same when their texts are. */
export interface IndexFacts {
  readonly oid: number;
  /** `schema.name`, quoted where SQL needs it. */
  readonly identity: string;
  readonly name: string;
  readonly method: string;
  readonly unique: boolean;
  readonly valid: boolean;
  readonly nullsNotDistinct: boolean;
  /** Key columns and expressions, in order. */
  readonly keys: readonly string[];
  /** Operator class and collation of each key. */
  readonly classes: readonly string[];
  /** ASC, DESC and NULLS of each key, as bits. */
  readonly options: readonly string[];
  readonly included: readonly string[];
  readonly predicate: string | null;
  /** SQL that drops it, from its topmost parent on. */
  readonly drop: string;
}

/** An index as a claim writes it. */
export interface IndexSpec {
  /** Column names, or index elements as CREATE INDEX takes them. */
  readonly columns: readonly string[];
  readonly method?: string | undefined;
  readonly unique?: boolean | undefined;
  readonly where?: string | undefined;
  readonly include?: readonly string[] | undefined;
  readonly nullsNotDistinct?: boolean | undefined;
}

const statement = `
  SELECT i.indexrelid::int8::int AS oid, format('%I.%I', n.nspname, c.relname) AS identity, c.relname AS name,
         m.amname AS method, i.indisunique AS "unique", i.indisvalid AND i.indisready AND i.indislive AS valid,
         i.indnullsnotdistinct AS "nullsNotDistinct",
         ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, false) FROM generate_series(1, i.indnkeyatts::int) AS k) AS keys,
         ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, false)
               FROM generate_series(i.indnkeyatts + 1, i.indnatts::int) AS k) AS included,
         ARRAY(SELECT i.indclass[k] || ' ' || i.indcollation[k] FROM generate_series(0, i.indnkeyatts - 1) AS k) AS classes,
         string_to_array(i.indoption::text, ' ') AS options, pg_get_expr(i.indpred, i.indrelid) AS predicate,
         CASE WHEN o.oid IS NULL THEN format('DROP INDEX %s CASCADE', top.oid::regclass)
              ELSE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', o.conrelid::regclass, o.conname) END AS drop
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
  JOIN LATERAL (SELECT coalesce(pg_partition_root(c.oid), c.oid) AS oid) AS top ON true
  LEFT JOIN pg_catalog.pg_constraint AS o ON o.conindid = top.oid AND o.contype IN ('p', 'u', 'x')
  WHERE i.indrelid = $1::text::regclass ORDER BY c.relname`;

export async function indexesThere(session: Session, relation: string): Promise<readonly IndexFacts[]> {
  return (await session.query(statement, [relation])) as unknown as IndexFacts[];
}

/**
 * What the server makes of an index: it is built on an empty copy of the table, so that names, casts and operator classes
 * are resolved as they are for a real one. A string says why it cannot be made.
 */
export async function specifiedIndex(
  session: Session,
  table: string,
  spec: IndexSpec,
): Promise<IndexFacts | string> {
  const asWritten = await make(session, table, spec, false);
  // `a || b` is an expression that CREATE INDEX wants in parentheses.
  return typeof asWritten === 'string' && asWritten.startsWith('syntax error')
    ? make(session, table, spec, true)
    : asWritten;
}

async function make(
  session: Session,
  table: string,
  spec: IndexSpec,
  inParentheses: boolean,
): Promise<IndexFacts | string> {
  try {
    return await session.undone(async () => {
      await session.script(`CREATE TEMP TABLE pgattest_like (LIKE ${table})`);
      const rows = await session.query(
        `SELECT attname AS name FROM pg_catalog.pg_attribute
         WHERE attrelid = 'pg_temp.pgattest_like'::regclass AND attnum > 0 AND NOT attisdropped`,
      );
      const names = new Set(rows.map(({ name }) => String(name)));
      const element = (text: string) => (names.has(text) ? ident(text) : inParentheses ? `(${text})` : text);
      await session.script(
        `CREATE ${spec.unique === true ? 'UNIQUE ' : ''}INDEX ON pg_temp.pgattest_like USING ${ident(spec.method ?? 'btree')} (${spec.columns.map(element).join(', ')})${
          spec.include === undefined ? '' : ` INCLUDE (${spec.include.map(ident).join(', ')})`
        }${spec.nullsNotDistinct === true ? ' NULLS NOT DISTINCT' : ''}${spec.where === undefined ? '' : ` WHERE ${spec.where}`}`,
      );
      const [made] = await indexesThere(session, 'pg_temp.pgattest_like');
      return made ?? 'no index';
    });
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return error.message;
  }
}

/** How an index falls short of the one that was specified; undefined when it serves as well. */
export function shortfall(found: IndexFacts, wanted: IndexFacts, spec: IndexSpec): string | undefined {
  const count = wanted.keys.length;
  const ordered = (place: number) => /\b(asc|desc|nulls)\b/i.test(spec.columns[place] ?? '');
  const sameKeys =
    wanted.keys.every((key, place) => found.keys[place] === key) &&
    (spec.unique !== true || found.keys.length === count);
  if (!sameKeys) return `its columns are ${found.keys.join(', ')}`;
  if (found.method !== wanted.method) return `it is ${found.method}`;
  if (wanted.classes.some((each, place) => found.classes[place] !== each))
    return 'its operator class is another';
  if (wanted.options.some((each, place) => ordered(place) && found.options[place] !== each))
    return 'its order is another';
  if (spec.unique === true && !found.unique) return 'it is not unique';
  if (spec.nullsNotDistinct === true && !found.nullsNotDistinct) return 'it takes NULLs as distinct';
  if (found.predicate !== wanted.predicate) {
    return found.predicate === null ? 'it has no predicate' : `its predicate is ${found.predicate}`;
  }
  const lacking = wanted.included.find(
    (each) => !found.included.includes(each) && !found.keys.includes(each),
  );
  if (lacking !== undefined) return `it does not include ${lacking}`;
  return found.valid ? undefined : 'it is not valid';
}

/** True when two unique indexes forbid the same: the order of columns says nothing of that. */
export function isSameUnique(found: IndexFacts, wanted: IndexFacts, spec: IndexSpec): boolean {
  return (
    found.unique &&
    found.valid &&
    found.predicate === wanted.predicate &&
    (spec.nullsNotDistinct !== true || found.nullsNotDistinct) &&
    found.keys.length === wanted.keys.length &&
    [...found.keys].sort().join('\n') === [...wanted.keys].sort().join('\n')
  );
}

/** An index as a claim or a message says it: `unique (a, b) where …`. */
export function indexText(spec: IndexSpec): string {
  return `${spec.unique === true ? 'unique ' : ''}${spec.method ?? 'btree'} (${spec.columns.join(', ')})${
    spec.include === undefined ? '' : ` include (${spec.include.join(', ')})`
  }${spec.nullsNotDistinct === true ? ' nulls not distinct' : ''}${spec.where === undefined ? '' : ` where ${spec.where}`}`;
}
