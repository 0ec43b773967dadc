import type { Actor } from '../../design/design.ts';
import type { AuditedTable } from '../../design/rules.ts';
import { deleteCandidates, insertCandidates, updateCandidates } from '../access/candidates.ts';
import { insertStatement } from '../access/insert.ts';
import { identityOf, keyCondition, type Target } from '../access/target.ts';
import type { CheckContext } from '../check.ts';
import { changeRows } from './operations.ts';

/** A write that the access rules allow the actor. */
export interface AllowedWrite {
  readonly action: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly statement: string;
}

/** One write of each command that the rules allow the actor and that no constraint stops; found once per claim. */
export async function allowedWrites(
  context: CheckContext,
  target: Target,
  audited: AuditedTable,
  actor: Actor,
): Promise<readonly AllowedWrite[]> {
  return context.remember(`allowed writes ${actor.name}`, async () => {
    const found: AllowedWrite[] = [];
    for (const action of ['INSERT', 'UPDATE', 'DELETE'] as const) {
      const statements = await statementsOf(context, target, audited, actor, action);
      const fair = await firstThatWorks(context, actor, statements);
      if (fair !== undefined) found.push({ action, statement: fair });
    }
    return found;
  });
}

async function statementsOf(
  context: CheckContext,
  target: Target,
  audited: AuditedTable,
  actor: Actor,
  action: AllowedWrite['action'],
): Promise<readonly string[]> {
  const { insert, update, delete: remove } = target.rules;
  if (action === 'INSERT') {
    if ('never' in insert) return [];
    const candidates = await insertCandidates(context, target, insert, actor);
    return candidates.filter(({ allowed }) => allowed).map(({ values }) => insertStatement(target, values));
  }
  if (action === 'UPDATE') {
    if ('never' in update || !update.columns.includes(audited.change.column)) return [];
    const candidates = await updateCandidates(context, target, update, actor);
    return candidates
      .filter(({ allowed, column }) => allowed && column === audited.change.column)
      .map(({ key }) => changeRows(target, audited, [key]));
  }
  if ('never' in remove) return [];
  const candidates = await deleteCandidates(context, target, remove, actor);
  return candidates
    .filter(({ allowed }) => allowed)
    .map(({ key }) => `DELETE FROM ${target.relation.identity} WHERE ${keyCondition(target, key)}`);
}

/** The first that is not stopped by a constraint; one that fails otherwise is kept, so that the trial reports it. */
async function firstThatWorks(
  context: CheckContext,
  actor: Actor,
  statements: readonly string[],
): Promise<string | undefined> {
  return context.session.as(identityOf(context, actor), async () => {
    for (const statement of statements.slice(0, 8)) {
      const attempt = await context.session.attempt(statement);
      if (attempt.status === 'done' || !attempt.error.sqlstate.startsWith('23')) return statement;
    }
    return undefined;
  });
}
