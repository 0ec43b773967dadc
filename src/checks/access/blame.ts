import type { Command } from '../../catalog/catalog.ts';
import type { Session } from '../../cluster/session.ts';
import { ident, type Target } from './target.ts';

const livePolicies = `
  SELECT polname AS name
  FROM pg_catalog.pg_policy
  WHERE polrelid = $1::regclass
    AND polcmd IN ($2, '*')
    AND (polroles = '{0}' OR EXISTS (
      SELECT 1 FROM unnest(polroles) AS role WHERE role <> 0 AND pg_has_role($3, role, 'USAGE')))
  ORDER BY polname`;

const liveRelation = `
  SELECT relrowsecurity AS secured,
         (SELECT json_agg(tgname::text ORDER BY tgname) FROM pg_catalog.pg_trigger
          WHERE tgrelid = c.oid AND NOT tgisinternal AND tgenabled IN ('O', 'A')) AS triggers
  FROM pg_catalog.pg_class AS c WHERE oid = $1::regclass`;

const letters: Record<Command, string> = { SELECT: 'r', INSERT: 'a', UPDATE: 'w', DELETE: 'd' };

/**
 * What is to blame for a breach, as the database stands now: the policies and triggers that are meant to bring the rule
 * about and are missing or off, else the policies that apply. It looks at names alone: what is right was decided before.
 */
export async function blame(
  session: Session,
  target: Target,
  command: Command,
  role: string,
  by: readonly string[] = [],
): Promise<string> {
  const table = target.relation.identity;
  const [relation] = await session.query(liveRelation, [table]);
  if (relation?.secured !== true) return `row security is off on ${table}`;
  const policies = (await session.query(livePolicies, [table, letters[command], role])).map((row) =>
    String(row.name),
  );
  const triggers = new Set((relation.triggers as string[] | null) ?? []);
  const guards = target.rules.guards ?? [];
  const gone = by.filter((name) => !guards.includes(name) && !policies.includes(name));
  if (gone.length > 0) return `policy ${gone.map(ident).join(', ')} on ${table}: missing`;
  const off = guards.filter((name) => !triggers.has(name));
  if (command !== 'SELECT' && off.length > 0)
    return `trigger ${off.map(ident).join(', ')} on ${table}: missing or disabled`;
  if (policies.length === 0) return `${table}: no ${command} policy for ${role}`;
  const behind =
    command === 'SELECT' || guards.length === 0 ? '' : ` or guard ${guards.map(ident).join(', ')}`;
  return `policy ${policies.map(ident).join(', ')}${behind} on ${table}`;
}
