import { columnsOf } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { requestersOf } from '../evidence/request-roles.ts';
import { comparedWithSession, tenantColumnsOf } from '../evidence/tenant-columns.ts';
import { quotePart } from '../names.ts';
import { rootTables } from '../scene.ts';
import { ofColumn } from '../subject.ts';

/** Rows without an owner, in a table whose every row must have one: nobody sees them, and unique keys do not hold for them. */
export const tenantNullable: FindingCheck = {
  id: 'tenant.nullable',
  find: ({ catalog, of }) =>
    rootTables(catalog)
      .filter(({ rowSecurity }) => rowSecurity)
      .flatMap(({ identity }) => {
        const { required } = comparedWithSession(catalog, identity);
        const tenants = tenantColumnsOf(catalog, identity).filter((column) => required.has(column));
        // What requests do not write (a log) may hold rows of nobody, on purpose.
        if (
          tenants.length === 0 ||
          (of === 'database' && requestersOf(catalog, identity, 'INSERT').length === 0)
        )
          return [];
        return columnsOf(catalog, identity)
          .filter(({ name, notNull }) => !notNull && tenants.includes(name))
          .map(
            ({ name }): Found => ({
              severity: 'warning',
              subject: ofColumn(identity, name),
              says: `${identity}.${quotePart(name)} says whose row it is, and may be NULL`,
              why: 'rows without it are lost to every tenant, and unique keys with it let duplicates in',
              fix: `ALTER TABLE ${identity} ALTER COLUMN ${quotePart(name)} SET NOT NULL`,
            }),
          );
      }),
};
