import { reachableRoles } from '../../catalog/index.ts';
import type { CheckContext } from '../check.ts';
import { changeRows, someRows } from './operations.ts';
import { countRecords } from './records.ts';
import { type AuditTrial, type Scene, trial } from './scene.ts';

/**
 * session_replication_role = replica passes by every trigger that is not ENABLE ALWAYS. Who has been given the right to set
 * it, and is no superuser, must not get by the trail; of superusers it is only said.
 */
export async function* replicaRole(scene: Scene): AsyncGenerator<AuditTrial, void, void> {
  const { context, target, audited, audit, mark } = scene;
  const { session } = context;
  const table = target.relation.identity;
  const [row] = await someRows(context, target, audited, table, 1);
  if (row === undefined) return;
  const statement = changeRows(target, audited, [row.key]);
  for (const role of [undefined, ...(await rolesThatMaySet(context))]) {
    const made = await session.undone(async () => {
      if (role !== undefined) await session.become({ role, settings: {} });
      const set = await session.attempt('SET LOCAL session_replication_role = replica', [], true);
      const attempt = await session.attempt(statement, [], true);
      if (role !== undefined) await session.resume();
      if (set.status === 'error' || attempt.status === 'error' || attempt.count === 0) return undefined;
      return countRecords(session, audit, audited, mark, 'UPDATE');
    });
    if (made === undefined) continue;
    const who = role ?? 'a superuser';
    yield trial(scene, {
      action: 'UPDATE',
      relation: table,
      way: `UPDATE as ${who} with session_replication_role = replica`,
      statement: `SET LOCAL session_replication_role = replica; ${statement}`,
      wrong:
        role === undefined || made === 1
          ? []
          : [`${made} records instead of 1: a trigger that is not ENABLE ALWAYS is passed by`],
      ...(role === undefined && made !== 1
        ? { actual: `${made} records: the triggers are not ENABLE ALWAYS, and nothing stops a superuser` }
        : {}),
      expected: 'one record',
      settings: {},
    });
  }
}

/** Roles of logins, superusers aside, that were given the right to set it. */
async function rolesThatMaySet({ session, catalog }: CheckContext): Promise<readonly string[]> {
  const rows = await session.query(
    `SELECT DISTINCT role.rolname::text AS name
     FROM pg_catalog.pg_parameter_acl AS parameter CROSS JOIN LATERAL aclexplode(parameter.paracl) AS acl
     JOIN pg_catalog.pg_roles AS role ON role.oid = acl.grantee OR acl.grantee = 0
     WHERE parameter.parname = 'session_replication_role' AND acl.privilege_type = 'SET' AND NOT role.rolsuper`,
  );
  const granted = new Set(rows.map((row) => String(row.name)));
  const logins = catalog.roles.filter(({ login, superuser }) => login && !superuser).map(({ name }) => name);
  return [...new Set(logins.flatMap((login) => [...reachableRoles(catalog, login)]))].filter((role) =>
    granted.has(role),
  );
}
