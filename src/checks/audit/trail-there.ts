import type { AuditRules } from '../../design/rules.ts';
import type { Breach } from '../../evidence/model.ts';
import { literal } from '../access/target.ts';
import type { CheckContext } from '../check.ts';

/** What to say when there is no trail at all; undefined when there is one. */
export async function trailGone(
  { session }: CheckContext,
  { trail }: AuditRules,
): Promise<Breach | undefined> {
  const [row] = await session.query('SELECT to_regclass($1) IS NOT NULL AS there', [trail.table]);
  if (row?.there === true) return undefined;
  return {
    says: `nothing can be recorded: relation "${trail.table}" does not exist`,
    object: `table ${trail.table}: missing`,
    expected: `the trail ${trail.table}`,
    actual: 'no such relation',
    reproduce: `SELECT to_regclass(${literal(trail.table)});`,
  };
}
