import type { Catalog, Constraint } from '../../catalog/catalog.ts';
import { columnsOf, constraintsOf, indexesOf, privilegesOf, relation } from '../../catalog/index.ts';
import type { FindingCheck, Found } from '../check.ts';
import { requestersOf } from '../evidence/request-roles.ts';
import { comparedWithSession, tenantColumnsOf } from '../evidence/tenant-columns.ts';
import { quotePart } from '../names.ts';
import { rootTables } from '../scene.ts';

/**
 * Keys are checked over the rows of all tenants, past policies. A key of values that people choose or count, without the
 * tenant column in it, tells whoever writes that another tenant has such a row. Random keys cannot be guessed.
 */
export const oracle: FindingCheck = {
  id: 'oracle.unique-or-foreign-key',
  find: ({ catalog }) =>
    rootTables(catalog)
      .filter(({ rowSecurity }) => rowSecurity)
      .flatMap(({ identity }) => {
        const tenants = held(catalog, identity);
        if (tenants.length === 0 || requestersOf(catalog, identity, 'INSERT', 'UPDATE').length === 0)
          return [];
        return [...uniques(catalog, identity, tenants), ...references(catalog, identity, tenants)];
      }),
};

/** Tenant columns that every way to the rows of a table is held to. */
function held(catalog: Catalog, identity: string): readonly string[] {
  const { required } = comparedWithSession(catalog, identity);
  return tenantColumnsOf(catalog, identity).filter((column) => required.has(column));
}

function uniques(catalog: Catalog, identity: string, tenants: readonly string[]): readonly Found[] {
  const keys = indexesOf(catalog, identity).filter(({ unique, valid }) => unique && valid);
  const foreign = constraintsOf(catalog, identity).filter(({ kind }) => kind === 'foreign key');
  return keys.flatMap(({ name, columns }): readonly Found[] => {
    const named = columns.filter((column) => column !== null);
    if (!mayChoose(catalog, identity, named)) return [];
    if (named.length < columns.length || named.some((column) => tenants.includes(column))) return [];
    // A reference to a row of the tenant keeps the key inside the tenant; a random value cannot be guessed.
    if (foreign.some((each) => each.columns.some((column) => named.includes(column)))) return [];
    if (named.some((column) => isRandom(catalog, identity, column))) return [];
    if (named.every((column) => isCounted(catalog, identity, column))) return [];
    const tenant = tenants[0] ?? '';
    return [
      {
        severity: 'warning',
        subject: { kind: 'index', identity, name },
        says: `unique key ${name} of ${identity} (${named.join(', ')}) holds across all tenants`,
        why: 'a duplicate-key error tells one tenant what another has',
        fix: `CREATE UNIQUE INDEX ON ${identity} (${[tenant, ...named].map(quotePart).join(', ')}) in its place`,
      },
    ];
  });
}

function references(catalog: Catalog, identity: string, tenants: readonly string[]): readonly Found[] {
  return constraintsOf(catalog, identity)
    .filter(
      ({ kind, columns }) => kind === 'foreign key' && !columns.some((column) => tenants.includes(column)),
    )
    .filter(({ columns }) => mayChoose(catalog, identity, columns))
    .flatMap((key): readonly Found[] => {
      const target = key.references ?? '';
      if (relation(catalog, target)?.rowSecurity !== true || held(catalog, target).length === 0) return [];
      if (key.referencedColumns.some((column) => isRandom(catalog, target, column))) return [];
      return [ofReference(identity, key, tenants[0] ?? '')];
    });
}

function ofReference(
  identity: string,
  { name, references: target, columns }: Constraint,
  tenant: string,
): Found {
  return {
    severity: 'warning',
    subject: { kind: 'constraint', identity, name },
    says: `foreign key ${name} of ${identity} (${columns.join(', ')}) reaches rows of ${target} of every tenant`,
    why: 'whether it is violated tells which keys another tenant has, and a row may point into another tenant',
    fix: `ALTER TABLE ${identity} ADD FOREIGN KEY (${[tenant, ...columns].map(quotePart).join(', ')}) REFERENCES ${target} (…), over a unique key of both`,
  };
}

/** Whether a request may write a column of the key: what it cannot choose, it cannot try. */
function mayChoose(catalog: Catalog, identity: string, columns: readonly string[]): boolean {
  return requestersOf(catalog, identity, 'INSERT', 'UPDATE').some((role) => {
    const held = privilegesOf(catalog, identity, role).columns;
    return columns.some(
      (column) => held.get(column)?.has('INSERT') === true || held.get(column)?.has('UPDATE') === true,
    );
  });
}

function isRandom(catalog: Catalog, identity: string, column: string): boolean {
  return columnsOf(catalog, identity).find(({ name }) => name === column)?.baseType === 'pg_catalog.uuid';
}

/** Values that the server counts; nobody chooses them, so that a duplicate never comes about. */
function isCounted(catalog: Catalog, identity: string, column: string): boolean {
  const found = columnsOf(catalog, identity).find(({ name }) => name === column);
  return found?.identity === true || /^nextval\(/.test(found?.default ?? '');
}
