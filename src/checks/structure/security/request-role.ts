import { z } from 'zod';
import type { Breach } from '../../../evidence/model.ts';
import { faults } from '../../../faults/index.ts';
import { judge } from '../../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';

const parameters = z.strictObject({ kind: z.string() });

const statement = `
  WITH RECURSIVE reached AS (
    SELECT oid, rolname FROM pg_catalog.pg_roles WHERE rolname = $1
    UNION
    SELECT r.oid, r.rolname FROM reached
    JOIN pg_catalog.pg_auth_members AS m ON m.member = reached.oid
    JOIN pg_catalog.pg_roles AS r ON r.oid = m.roleid
  )
  SELECT r.rolname AS role, array_remove(ARRAY[
    CASE WHEN r.rolname = $1 AND NOT r.rolcanlogin THEN 'cannot log in' END,
    CASE WHEN r.rolsuper THEN 'superuser' END,
    CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
    CASE WHEN r.rolcreaterole THEN 'CREATEROLE: it can become any role but superusers' END,
    CASE WHEN r.rolreplication THEN 'REPLICATION: it can read all data as they are written' END,
    CASE WHEN r.rolname LIKE 'pg\\_%' THEN 'a predefined role: ' || r.rolname END,
    (SELECT 'may set ' || string_agg(parname, ', ') FROM pg_catalog.pg_parameter_acl AS p, aclexplode(p.paracl) AS a
     WHERE a.grantee IN (r.oid, 0) HAVING count(*) > 0),
    (SELECT 'may create in schema ' || string_agg(nspname, ', ') FROM pg_catalog.pg_namespace
     WHERE nspname = ANY ($2) AND has_schema_privilege(r.oid, oid, 'CREATE') HAVING count(*) > 0),
    (SELECT 'owner of ' || count(*) || ' relations' FROM pg_catalog.pg_class AS c
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relowner = r.oid AND n.nspname = ANY ($2) HAVING count(*) > 0),
    (SELECT 'granted ' || string_agg(DISTINCT privilege_type, ', ') || ' on ' || min(c.oid::regclass::text)
              || CASE WHEN count(DISTINCT c.oid) > 1 THEN ' and ' || count(DISTINCT c.oid) - 1 || ' more' ELSE '' END
     FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace, aclexplode(c.relacl) AS a
     WHERE n.nspname = ANY ($2) AND a.grantee IN (r.oid, 0) AND c.relowner <> r.oid
       AND a.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER') HAVING count(*) > 0),
    (SELECT 'granted REFERENCES on columns of ' || string_agg(DISTINCT c.oid::regclass::text, ', ')
     FROM pg_catalog.pg_attribute AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.attrelid
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace, aclexplode(t.attacl) AS a
     WHERE n.nspname = ANY ($2) AND a.grantee IN (r.oid, 0) AND c.relowner <> r.oid
       AND a.privilege_type = 'REFERENCES' HAVING count(*) > 0),
    (SELECT 'owner of function ' || string_agg(p.oid::regprocedure::text, ', ') FROM pg_catalog.pg_proc AS p
     WHERE p.proowner = r.oid HAVING count(*) > 0)
  ], NULL) AS wrong
  FROM reached JOIN pg_catalog.pg_roles AS r USING (oid) ORDER BY 1`;

/**
 * The role that requests run as, and every role it can become, is bound by row security. TRUNCATE, TRIGGER and REFERENCES are
 * among what it must not have: row security has no say in them.
 */
export const structureRequestRole = defineCheck({
  kind: 'structure.request-role',
  family: 'structure',
  says: 'the request role and all roles it can become are bound by row security, own nothing and can make themselves nothing more',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: runRequestRole,
  faults: ({ design, catalog }) => {
    const { role } = design.request;
    const table = catalog.relations.find(
      ({ kind, schema }) =>
        design.schemas.includes(schema) && (kind === 'table' || kind === 'partitioned table'),
    );
    return [
      ...(['BYPASSRLS', 'CREATEROLE', 'REPLICATION'] as const).map((attribute) =>
        faults['role-strengthened'](role, attribute),
      ),
      ...(table === undefined
        ? []
        : ['TRUNCATE', 'TRIGGER', 'REFERENCES'].map((privilege) =>
            faults['grant-added'](privilege, table.identity, role),
          )),
    ];
  },
});

async function* runRequestRole(context: CheckContext): AsyncGenerator<Sighting, Judgement, void> {
  const { role } = context.design.request;
  const rows = await context.session.query(statement, [role, context.design.schemas]);
  const breaches: Breach[] = [];
  for (const row of rows) {
    const wrong = row.wrong as readonly string[];
    const expected = 'bound by row security';
    const actual = wrong.length === 0 ? expected : wrong.join(', ');
    yield {
      subject: String(row.role),
      way: 'catalogue',
      role,
      statement: 'pg_roles, pg_auth_members, pg_class.relowner',
      expected,
      actual,
      agrees: wrong.length === 0,
    };
    if (wrong.length === 0) continue;
    breaches.push({
      says: `requests run as ${role}, which ${row.role === role ? 'is' : `can become ${row.role}:`} ${actual}`,
      object: `role ${row.role}`,
      expected,
      actual,
    });
  }
  return judge(breaches, rows.length > 0 ? [] : [`there is no role ${role}`]);
}
