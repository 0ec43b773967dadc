import { requestRoles } from './evidence/request-roles.ts';
import { tenantColumns } from './evidence/tenant-columns.ts';
import type { Findings } from './find.ts';
import { type FindingsReport, findingsSchema } from './model.ts';
import type { Places } from './places.ts';
import { nameOf } from './subject.ts';

/** A report of findings, with what was looked at and taken as known. */
export function assemble(
  { findings, notLookedAt, catalog }: Findings,
  of: {
    readonly database: string;
    readonly server: string;
    readonly version: string;
    readonly places?: Places;
  },
): FindingsReport {
  const { database, server, version, places } = of;
  return {
    schema: findingsSchema,
    tool: { name: 'pgattest', version },
    database,
    server,
    looked: {
      relations: catalog.relations.length,
      policies: catalog.policies.length,
      functions: catalog.functions.filter(({ fromExtension }) => !fromExtension).length,
      triggers: catalog.triggers.length,
      requestRoles: [...requestRoles(catalog)],
      tenantColumns: [...tenantColumns(catalog)].sort(),
    },
    findings: findings.map(({ id, severity, subject, says, why, fix }) => {
      const found = places?.of(subject);
      // Switching row security on alters a table, and says nothing of its columns and keys.
      const place = /^(?:index|column|partition|tenant|oracle)\./.test(id) ? found?.made : found?.last;
      return {
        id,
        severity,
        object: { kind: subject.kind, name: nameOf(subject) },
        says,
        why,
        fix,
        ...(place === undefined ? {} : { place }),
      };
    }),
    notLookedAt: [...notLookedAt],
  };
}
