import { z } from 'zod';
import type { Breach } from '../../../evidence/model.ts';
import { faults } from '../../../faults/index.ts';
import { judge } from '../../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';

const parameters = z.strictObject({ kind: z.string() });

const statement = `
  SELECT format('%I.%I', nspname, relname) AS relation, relrowsecurity AS enabled, relforcerowsecurity AS forced
  FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace AS n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p') AND nspname = ANY ($1)
  ORDER BY 1`;

/** Row security is on, and binds owners, for every table and partition of the design's schemas. */
export const structureRowSecurity = defineCheck({
  kind: 'structure.row-security',
  family: 'structure',
  says: 'row security is enabled and forced on every table and partition of the design',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: runRowSecurity,
  faults: (context) => {
    const own = context.catalog.relations.filter(({ schema }) => context.design.schemas.includes(schema));
    const tables = own.filter(
      (relation) =>
        (relation.kind === 'table' || relation.kind === 'partitioned table') && relation.parent === null,
    );
    const partition = own.find((relation) => relation.parent !== null);
    return [...tables, ...(partition === undefined ? [] : [partition])].flatMap(({ identity }) => [
      faults['row-security-off'](identity),
      faults['row-security-not-forced'](identity),
    ]);
  },
});

async function* runRowSecurity(context: CheckContext): AsyncGenerator<Sighting, Judgement, void> {
  const rows = await context.session.query(statement, [context.design.schemas]);
  const breaches: Breach[] = [];
  for (const { relation, enabled, forced } of rows as unknown as {
    relation: string;
    enabled: boolean;
    forced: boolean;
  }[]) {
    const agrees = enabled && forced;
    const actual = `${enabled ? 'enabled' : 'not enabled'}, ${forced ? 'forced' : 'not forced'}`;
    yield {
      subject: relation,
      way: 'catalogue',
      statement: 'pg_class.relrowsecurity, relforcerowsecurity',
      expected: 'enabled, forced',
      actual,
      agrees,
    };
    if (agrees) continue;
    breaches.push({
      says: enabled
        ? `the owner of ${relation} is not bound by its policies`
        : `row security of ${relation} is off`,
      object: enabled ? `FORCE ROW LEVEL SECURITY on ${relation}` : `row security is off on ${relation}`,
      expected: 'enabled, forced',
      actual,
      reproduce: `SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = '${relation.replace(/'/g, "''")}'::regclass;`,
    });
  }
  return judge(breaches, rows.length > 0 ? [] : ['the design has no table']);
}
