import { parseSync } from 'pgsql-parser';
import type { Session } from '../../../cluster/session.ts';
import type { Find } from '../../../faults/found-sql.ts';
import { ident } from '../../access/target.ts';

/** What a query names: `schema` is absent where it leaves that to the search_path. */
interface Named {
  readonly schema: string | undefined;
  readonly name: string;
}

const relations = `
  SELECT c.oid::regclass::text AS name FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relname = $1 AND n.nspname = coalesce($2, n.nspname) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  ORDER BY n.nspname <> ALL ($3), n.nspname LIMIT 1`;

const functions = `
  SELECT p.oid::regprocedure::text AS name FROM pg_catalog.pg_proc AS p
  JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  WHERE p.proname = $1 AND n.nspname = coalesce($2, n.nspname) ORDER BY 1`;

/**
 * Renames the first relation that a query reads, or when it reads none the first function that it calls. The server's own
 * views count: a document's monitoring stands on them.
 */
export function renames(sql: string, schemas: readonly string[]): Find {
  return async (session) => {
    const named = namesOf(sql);
    for (const { schema, name } of named.relations) {
      const [row] = await session.query(relations, [name, schema ?? null, [...schemas]]);
      if (row === undefined) continue;
      return [
        'SET LOCAL allow_system_table_mods = on',
        `ALTER TABLE ${String(row.name)} RENAME TO ${ident('pgattest odd')}`,
        'SET LOCAL allow_system_table_mods = off',
      ];
    }
    for (const each of named.functions) {
      const found = await overloads(session, each);
      if (found.length > 0)
        return found.map(
          (name, place) => `ALTER ROUTINE ${name} RENAME TO ${ident(`pgattest odd ${place}`)}`,
        );
    }
    return [];
  };
}

async function overloads(session: Session, { schema, name }: Named): Promise<readonly string[]> {
  return (await session.query(functions, [name, schema ?? null])).map((row) => String(row.name));
}

/** Relations and functions that a query names, in its order, without its own WITH queries. */
function namesOf(sql: string): {
  readonly relations: readonly Named[];
  readonly functions: readonly Named[];
} {
  const found = { relations: [] as Named[], functions: [] as Named[] };
  const own = new Set<string>();
  walk(parseSync(sql), (type, node) => {
    if (type === 'CommonTableExpr') own.add(String(node.ctename));
    if (type === 'RangeVar') {
      found.relations.push({ schema: node.schemaname as string | undefined, name: String(node.relname) });
    }
    if (type === 'FuncCall') {
      const parts = (node.funcname as readonly { String: { sval: string } }[]).map(
        ({ String: { sval } }) => sval,
      );
      found.functions.push({ schema: parts.at(-2), name: parts.at(-1) ?? '' });
    }
  });
  return {
    ...found,
    relations: found.relations.filter(({ schema, name }) => schema !== undefined || !own.has(name)),
  };
}

function walk(node: unknown, visit: (type: string, node: Readonly<Record<string, unknown>>) => void): void {
  if (Array.isArray(node)) for (const each of node) walk(each, visit);
  else if (typeof node === 'object' && node !== null) {
    for (const [key, value] of Object.entries(node)) {
      // A target of INSERT, UPDATE and DELETE stands there without its type.
      const type = key === 'relation' ? 'RangeVar' : key;
      if (/^[A-Z]/.test(type) && typeof value === 'object' && value !== null && !Array.isArray(value)) {
        visit(type, value as Readonly<Record<string, unknown>>);
      }
      walk(value, visit);
    }
  }
}
