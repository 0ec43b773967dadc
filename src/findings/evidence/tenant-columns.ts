import type { Catalog } from '../../catalog/catalog.ts';
import { columnsOf, constraintsOf, policiesOf } from '../../catalog/lookup.ts';
import { oncePerCatalog } from '../../catalog/once.ts';
import { comparedColumns, requiredColumns } from '../expression.ts';
import { rootTables } from '../scene.ts';
import { tableOf, treesOf } from './policy-conditions.ts';

interface OfTable {
  /** Compared with the session by some policy. */
  readonly compared: ReadonlySet<string>;
  /** Compared whichever way a row is reached: by a restrictive policy, or by every permissive one. */
  readonly required: ReadonlySet<string>;
}

const nothing: OfTable = { compared: new Set(), required: new Set() };

const byTable = oncePerCatalog((catalog: Catalog): ReadonlyMap<string, OfTable> => {
  const found = new Map<string, OfTable>();
  for (const { identity } of rootTables(catalog)) {
    const policies = policiesOf(catalog, identity);
    if (policies.length === 0) continue;
    const compared = new Set<string>();
    const required = new Set<string>();
    let common: ReadonlySet<string> | undefined;
    for (const policy of policies) {
      const table = tableOf(catalog, policy);
      const trees = treesOf(catalog, policy);
      const own = trees.map((tree) => requiredColumns(catalog, tree, table));
      for (const tree of trees)
        for (const column of comparedColumns(catalog, tree, table)) compared.add(column);
      const inAll = [...(own[0] ?? [])].filter((column) => own.every((each) => each.has(column)));
      if (!policy.permissive) for (const column of inAll) required.add(column);
      else if (common === undefined) common = new Set(inAll);
      else common = new Set(inAll.filter((column) => common?.has(column)));
    }
    for (const column of common ?? []) required.add(column);
    found.set(identity, { compared, required });
  }
  return found;
});

/** Columns of a table that its policies compare with the session. */
export function comparedWithSession(catalog: Catalog, identity: string): OfTable {
  return byTable(catalog).get(identity) ?? nothing;
}

/**
 * Names of the columns that say whose row it is: of the protected tables that have such a column, two at least, more than
 * half compare it with the session. A key of the table itself is none.
 */
export const tenantColumns = oncePerCatalog((catalog: Catalog): ReadonlySet<string> => {
  const having = new Map<string, number>();
  const comparing = new Map<string, number>();
  for (const { identity, rowSecurity } of rootTables(catalog)) {
    if (!rowSecurity) continue;
    const { compared } = comparedWithSession(catalog, identity);
    const keys = constraintsOf(catalog, identity).filter(({ kind }) => kind === 'primary key');
    for (const { name } of columnsOf(catalog, identity)) {
      if (keys.some(({ columns }) => columns.length === 1 && columns[0] === name)) continue;
      having.set(name, (having.get(name) ?? 0) + 1);
      if (compared.has(name)) comparing.set(name, (comparing.get(name) ?? 0) + 1);
    }
  }
  return new Set(
    [...comparing]
      .filter(([name, count]) => count >= 2 && count * 2 > (having.get(name) ?? 0))
      .map(([name]) => name),
  );
});

/** The tenant columns that a table has. */
export function tenantColumnsOf(catalog: Catalog, identity: string): readonly string[] {
  return columnsOf(catalog, identity)
    .map(({ name }) => name)
    .filter((name) => tenantColumns(catalog).has(name));
}
