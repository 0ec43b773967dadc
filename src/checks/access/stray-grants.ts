import type { Breach } from '../../evidence/model.ts';
import type { CheckContext, Sighting } from '../check.ts';
import type { Target } from './target.ts';

const granted = `
  SELECT relation FROM unnest($1::text[]) AS relation
  WHERE CASE WHEN $3 = 'DELETE' THEN has_table_privilege($2, relation, $3)
             ELSE has_any_column_privilege($2, relation, $3) END
  ORDER BY relation`;

/**
 * Where the role may write nothing at all, no single column may be granted either: a statement that names all columns, or
 * one of them, would not show it, and one on a view that takes no rows shows nothing. Looked up, since trying each column of
 * each partition would say no more.
 */
export async function strayGrants(
  context: CheckContext,
  target: Target,
  command: 'INSERT' | 'UPDATE' | 'DELETE',
): Promise<{ readonly sightings: readonly Sighting[]; readonly breaches: readonly Breach[] }> {
  const { role } = context.design.request;
  const rule = { INSERT: target.rules.insert, UPDATE: target.rules.update, DELETE: target.rules.delete }[
    command
  ];
  const relations = [
    ...('never' in rule ? [target.relation.identity] : []),
    ...target.partitions.map(({ identity }) => identity),
  ];
  if (relations.length === 0) return { sightings: [], breaches: [] };
  const rows = await context.session.query(granted, [relations, role, command]);
  const wrong = rows.map((row) => String(row.relation));
  const expected = `${role} is granted no ${command}`;
  const sighting: Sighting = {
    subject: target.relation.identity,
    command,
    way: 'grants, also on single columns',
    role,
    statement: 'has_any_column_privilege',
    expected,
    actual: wrong.length === 0 ? expected : `granted on ${wrong.join(', ')}`,
    agrees: wrong.length === 0,
    tried: relations.length,
  };
  const breaches = wrong.map((relation) => ({
    says: `${role} is granted ${command} on ${relation} or some of its columns, which nobody may have`,
    object: `grants on ${relation} to ${role}`,
    expected,
    actual: 'granted',
    reproduce: `SELECT * FROM information_schema.column_privileges WHERE grantee = '${role.replace(/'/g, "''")}' AND privilege_type = '${command}';`,
  }));
  return { sightings: [sighting], breaches };
}
