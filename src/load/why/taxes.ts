import pg from 'pg';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Way } from './rig.ts';

/** A trigger that writes the audit trail. */
export interface AuditTrigger {
  /** Identity of the table. */
  readonly table: string;
  readonly name: string;
}

/** The design's audit triggers that are there and enabled; one on a partitioned table stands for its clones. */
export function auditTriggersOf(
  catalog: Catalog,
  tables: readonly { readonly table: string; readonly triggers: readonly string[] }[],
): readonly AuditTrigger[] {
  return tables.flatMap(({ table, triggers }) =>
    catalog.triggers
      .filter(
        (each) =>
          each.relation === table &&
          triggers.includes(each.name) &&
          each.enabled !== 'disabled' &&
          !each.inherited,
      )
      .map(({ name }) => ({ table, name })),
  );
}

/**
 * A request without row security, everything else being the same: role, privileges, triggers. Where nothing may be changed, the
 * superuser with the actor's settings, whom row security does not bind.
 */
export function withoutRowSecurity(catalog: Catalog, writes: boolean): Way {
  if (!writes) return { bypass: true };
  const tables = catalog.relations.filter(({ rowSecurity }) => rowSecurity);
  // One simple query: a round trip for each of many partitions would be felt.
  const sql = tables.map(({ identity }) => `ALTER TABLE ${identity} DISABLE ROW LEVEL SECURITY`).join('; ');
  return sql === '' ? {} : { change: [sql] };
}

/** A request whose writes leave no audit record. */
export function withoutAudit(triggers: readonly AuditTrigger[]): Way {
  return {
    change: triggers.map(
      ({ table, name }) => `ALTER TABLE ${table} DISABLE TRIGGER ${pg.escapeIdentifier(name)}`,
    ),
  };
}
