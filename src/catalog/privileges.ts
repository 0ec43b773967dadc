import type { Catalog, Grant } from './catalog.ts';
import { columnsOf, relation as relationOf } from './lookup.ts';
import { groupBy, oncePerCatalog } from './once.ts';
import { inheritedRoles, roleOf } from './role-closure.ts';

/** What a role may do with a relation, the privileges of PUBLIC and of the roles it inherits from included. */
export interface Privileges {
  /** Privileges on the relation as a whole: what has_table_privilege and has_sequence_privilege say. */
  readonly relation: ReadonlySet<string>;
  /** Privileges on each column, through the relation or the column alone: what has_column_privilege says. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
}

const onTables = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'] as const;
const onSequences = ['USAGE', 'SELECT', 'UPDATE'] as const;
const onColumns: ReadonlySet<string> = new Set(['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']);

/** Predefined roles that have privileges on every relation, which no ACL shows. */
const everywhere = {
  pg_read_all_data: ['SELECT'],
  pg_write_all_data: ['INSERT', 'UPDATE', 'DELETE'],
} as const;

const grants = oncePerCatalog((catalog) =>
  groupBy(
    catalog.grants.filter(({ kind }) => kind === 'relation' || kind === 'sequence' || kind === 'column'),
    ({ object }) => object,
  ),
);
const inherited = oncePerCatalog(() => new Map<string, ReadonlySet<string>>());

/**
 * The effective privileges of a role on a relation. `PUBLIC` is a role here: what everyone may do. USAGE on the schema
 * is another matter, and so are row security and the roles that SET ROLE leads to. Nothing for a relation or a role that
 * the catalogue does not hold.
 */
export function privilegesOf(catalog: Catalog, relation: string, role: string): Privileges {
  const { whole, single } = gather(catalog, relation, role);
  const throughRelation = [...whole].filter((privilege) => onColumns.has(privilege));
  const columns = new Map<string, ReadonlySet<string>>();
  for (const { name } of columnsOf(catalog, relation)) {
    columns.set(name, new Set([...throughRelation, ...(single.get(name) ?? [])]));
  }
  return { relation: whole, columns };
}

interface Gathered {
  readonly whole: ReadonlySet<string>;
  readonly single: ReadonlyMap<string, readonly string[]>;
}

function gather(catalog: Catalog, relation: string, role: string): Gathered {
  const found = relationOf(catalog, relation);
  const nobody = role !== 'PUBLIC' && roleOf(catalog, role) === undefined;
  if (found === undefined || nobody) return { whole: new Set(), single: new Map() };
  const possible: readonly string[] = found.kind === 'sequence' ? onSequences : onTables;
  if (roleOf(catalog, role)?.superuser) return { whole: new Set(possible), single: new Map() };
  const holders = holdersFor(catalog, role);
  const held = (grants(catalog).get(relation) ?? []).filter(({ grantee }) => holders.has(grantee));
  const predefined = Object.entries(everywhere).flatMap(([name, privileges]) =>
    holders.has(name) ? privileges : [],
  );
  return {
    whole: new Set(
      [...held.filter(({ kind }) => kind !== 'column'), ...predefined.map((privilege) => ({ privilege }))]
        .map(({ privilege }) => privilege)
        .filter((privilege) => possible.includes(privilege)),
    ),
    single: byColumn(held),
  };
}

function byColumn(held: readonly Grant[]): ReadonlyMap<string, readonly string[]> {
  const groups = groupBy(
    held.filter(({ kind }) => kind === 'column'),
    ({ column }) => column ?? '',
  );
  return new Map([...groups].map(([column, each]) => [column, each.map(({ privilege }) => privilege)]));
}

function holdersFor(catalog: Catalog, role: string): ReadonlySet<string> {
  const known = inherited(catalog);
  const found = known.get(role);
  if (found !== undefined) return found;
  const holders = new Set(['PUBLIC', ...inheritedRoles(catalog, role)]);
  known.set(role, holders);
  return holders;
}
