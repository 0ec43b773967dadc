import type { Actor } from '../../../design/design.ts';
import type { Breach } from '../../../evidence/model.ts';
import type { CheckContext, Sighting } from '../../check.ts';
import { describeOutcome, outcomeOf } from '../outcome.ts';
import { reproduceAs } from '../reproduce.ts';
import { columnList, identityOf, type Target } from '../target.ts';
import type { Novelty } from './novelty.ts';
import { takesRows } from './write-way.ts';

/** Its name, for evidence and breaches. */
export const copyFrom = 'COPY … FROM';

/**
 * COPY … FROM asks no policy: PostgreSQL refuses it where row security binds the role, or the privilege is missing. Where it begins,
 * any row can be put in. No data is sent. Where the rule lets any row in, or a view's own trigger takes the rows, there is nothing to go past.
 */
export async function tryCopyFrom(
  context: CheckContext,
  target: Target,
  actor: Actor,
  novelty: Novelty,
): Promise<{ readonly sightings: readonly Sighting[]; readonly breaches: readonly Breach[] }> {
  const { rules, relation, stored } = target;
  const open = !('never' in rules.insert) && /^[\s(]*true[\s)]*$/i.test(rules.insert.where);
  if (open || !takesRows(target) || !novelty.take(actor, copyFrom)) return { sightings: [], breaches: [] };
  const given = 'never' in rules.insert ? undefined : rules.insert.columns;
  const columns = stored.map(({ name }) => name).filter((name) => given?.includes(name) ?? true);
  const statement = `COPY ${relation.identity} (${columnList(columns)}) FROM STDIN`;
  const began = 'it begins: rows go in past the policies';
  const actual = await context.session
    .as(identityOf(context, actor), async () => {
      const attempt = await context.session.attempt(statement);
      return attempt.status === 'done' ? began : describeOutcome(outcomeOf(attempt));
    })
    .catch((error: { readonly code?: string; readonly message?: string }) => {
      // The client sends no data, so that a COPY that has begun fails with this.
      if (error.code === '57014' && error.message?.startsWith('COPY from stdin failed')) return began;
      throw error;
    });
  const agrees = actual !== began;
  const expected = 'refused';
  const sighting: Sighting = {
    subject: relation.identity,
    actor: actor.name,
    command: 'INSERT',
    way: copyFrom,
    role: context.design.request.role,
    statement,
    expected,
    actual,
    agrees,
  };
  if (agrees) return { sightings: [sighting], breaches: [] };
  const breach: Breach = {
    says: `${actor.name} can add any row to ${relation.identity} by ${copyFrom}`,
    actor: actor.name,
    object: `row security on ${relation.identity}`,
    expected,
    actual,
    reproduce: reproduceAs(context, actor, statement, expected),
  };
  return { sightings: [sighting], breaches: [breach] };
}
