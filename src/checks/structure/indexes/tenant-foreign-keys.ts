import { z } from 'zod';
import { columnsOf, constraintsOf } from '../../../catalog/index.ts';
import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';
import { ident, literal } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { type Look, tell } from '../looked.ts';
import { foreignKeysThere, staleExceptions } from './foreign-keys.ts';

const parameters = z.strictObject({
  kind: z.string(),
  tenantColumn: z.string(),
  /** Names of constraints. */
  except: z.array(z.string()).optional(),
});
type Claim = z.infer<typeof parameters>;

/** A row refers to rows of its own tenant only. */
export const structureTenantForeignKeys = defineCheck({
  kind: 'structure.tenant-foreign-keys',
  family: 'structure',
  says: 'a foreign key between two tables of tenants compares the tenant too',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: (context, claim) => tenantFaults(context, claim).slice(0, 1),
});

/** A key that no longer compares the tenant; failing that, a new one that does not. */
function tenantFaults({ catalog, design }: CheckContext, { tenantColumn, except }: Claim): Fault[] {
  const isUnique = (relation: string, columns: readonly string[]) =>
    constraintsOf(catalog, relation).some(
      ({ kind, columns: own }) =>
        (kind === 'primary key' || kind === 'unique') &&
        [...own].sort().join() === [...columns].sort().join(),
    );
  const hasTenant = (relation: string) =>
    columnsOf(catalog, relation).some(({ name }) => name === tenantColumn);
  const tables = catalog.relations.filter(
    ({ kind, schema, parent, identity }) =>
      kind === 'table' && parent === null && design.schemas.includes(schema) && hasTenant(identity),
  );
  const narrowed = catalog.constraints.filter((key) => {
    const place = key.columns.indexOf(tenantColumn);
    return (
      key.kind === 'foreign key' &&
      !except?.includes(key.name) &&
      place >= 0 &&
      key.referencedColumns[place] === tenantColumn &&
      tables.some(({ identity }) => identity === key.relation) &&
      isUnique(
        key.references ?? '',
        key.referencedColumns.filter((name) => name !== tenantColumn),
      )
    );
  });
  const added = tables.flatMap(({ identity }) => {
    const key = constraintsOf(catalog, identity).find(
      ({ kind, columns }) => kind === 'primary key' && columns.length === 1 && columns[0] !== tenantColumn,
    );
    const type = columnsOf(catalog, identity).find(({ name }) => name === key?.columns[0])?.type;
    return type === undefined ? [] : [faults['foreign-key-added'](identity, identity, type)];
  });
  return [...narrowed.map((key) => faults['foreign-key-narrowed'](key, tenantColumn)), ...added];
}

const tenantTables = `
  SELECT format('%I.%I', n.nspname, c.relname) AS relation
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = $1 AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p')`;

async function* look({ session, design }: CheckContext, { tenantColumn, except }: Claim): Look {
  const rows = await session.query(tenantTables, [tenantColumn]);
  const tables = new Set(rows.map(({ relation }) => String(relation)));
  const all = await foreignKeysThere(session, design.schemas);
  const keys = all.filter(({ table, references }) => tables.has(table) && tables.has(references));
  for (const key of keys) {
    if (except?.includes(key.name)) continue;
    const place = key.columns.indexOf(tenantColumn);
    const compares = place >= 0 && key.referencedColumns[place] === tenantColumn;
    yield {
      subject: `${ident(key.name)} on ${key.table}`,
      at: 'pg_constraint.conkey, confkey',
      expected: `${tenantColumn} on both sides`,
      actual: `(${key.columns.join(', ')}) references ${key.references} (${key.referencedColumns.join(', ')})`,
      wrong: compares
        ? undefined
        : {
            says: `a row of ${key.table} may refer to a row of another tenant in ${key.references}`,
            object: `foreign key ${ident(key.name)} on ${key.table}`,
            reproduce: `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = ${literal(key.table)}::regclass AND conname = ${literal(key.name)};`,
          },
    };
  }
  return [
    ...(keys.length > 0 ? [] : [`there is no foreign key between tables that have ${tenantColumn}`]),
    ...staleExceptions(except, (name) => keys.some((key) => key.name === name)),
  ];
}
