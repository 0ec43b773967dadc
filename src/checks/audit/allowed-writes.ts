import type { Actor } from '../../design/design.ts';
import type { AuditedTable } from '../../design/rules.ts';
import {
  type Candidate,
  deleteCandidates,
  insertCandidates,
  updateCandidates,
} from '../access/candidates.ts';
import { insertStatement } from '../access/insert.ts';
import { outcomeOf } from '../access/outcome.ts';
import { identityOf, keyCondition, type Target } from '../access/target.ts';
import { updateStatement } from '../access/update.ts';
import type { CheckContext } from '../check.ts';
import { changeRows } from './operations.ts';

/** A write that the access rules allow the actor. */
export interface AllowedWrite {
  readonly action: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly statement: string;
  /** The audit key of the row; null for one that the database draws. */
  readonly id: string | null;
  /** False where only its row is known to be allowed: the change may still be refused, and then says nothing. */
  readonly certain: boolean;
}

/** One write of each command that the rules allow the actor and that no constraint stops; found once per claim. */
export async function allowedWrites(
  context: CheckContext,
  target: Target,
  audited: AuditedTable,
  actor: Actor,
): Promise<readonly AllowedWrite[]> {
  return context.remember(`allowed writes ${target.relation.identity} ${actor.name}`, async () => {
    const writes = [
      ...(await inserts(context, target, audited, actor)),
      ...(await updates(context, target, audited, actor)),
      ...(await deletes(context, target, audited, actor)),
    ];
    const fair: AllowedWrite[] = [];
    for (const action of ['INSERT', 'UPDATE', 'DELETE'] as const) {
      const first = await firstFair(
        context,
        actor,
        writes.filter((write) => write.action === action),
      );
      if (first !== undefined) fair.push(first);
    }
    return fair;
  });
}

async function inserts(
  context: CheckContext,
  target: Target,
  audited: AuditedTable,
  actor: Actor,
): Promise<readonly AllowedWrite[]> {
  const rule = target.rules.insert;
  if ('never' in rule) return [];
  const candidates = await insertCandidates(context, target, rule, actor);
  return candidates
    .filter(({ allowed }) => allowed)
    .map(({ values }) => ({
      action: 'INSERT',
      statement: insertStatement(target, values),
      id: values[audited.key] ?? null,
      certain: true,
    }));
}

async function updates(
  context: CheckContext,
  target: Target,
  audited: AuditedTable,
  actor: Actor,
): Promise<readonly AllowedWrite[]> {
  const rule = target.rules.update;
  if ('never' in rule) return [];
  const candidates = (await updateCandidates(context, target, rule, actor)).filter(({ allowed }) => allowed);
  const id = (candidate: Candidate) => keyOf(target, audited, candidate);
  return [
    ...candidates
      .filter(({ changes }) => changes)
      .map((candidate) => ({
        action: 'UPDATE' as const,
        statement: updateStatement(target, candidate),
        id: id(candidate),
        certain: true,
      })),
    ...candidates
      .filter(({ column }) => column === audited.change.column)
      .map((candidate) => ({
        action: 'UPDATE' as const,
        statement: changeRows(target, audited, [candidate.key]),
        id: id(candidate),
        certain: false,
      })),
  ];
}

async function deletes(
  context: CheckContext,
  target: Target,
  audited: AuditedTable,
  actor: Actor,
): Promise<readonly AllowedWrite[]> {
  const rule = target.rules.delete;
  if ('never' in rule) return [];
  const candidates = await deleteCandidates(context, target, rule, actor);
  return candidates
    .filter(({ allowed }) => allowed)
    .map((candidate) => ({
      action: 'DELETE',
      statement: `DELETE FROM ${target.relation.identity} WHERE ${keyCondition(target, candidate.key)}`,
      id: keyOf(target, audited, candidate),
      certain: true,
    }));
}

function keyOf(target: Target, audited: AuditedTable, candidate: Candidate): string | null {
  return candidate.key[target.rules.key.indexOf(audited.key)] ?? null;
}

/** The first that no constraint stops; a certain one that fails otherwise is kept, so that the trial reports it. */
async function firstFair(
  context: CheckContext,
  actor: Actor,
  writes: readonly AllowedWrite[],
): Promise<AllowedWrite | undefined> {
  return context.session.as(identityOf(context, actor), async () => {
    for (const write of writes.slice(0, 12)) {
      const attempt = await context.session.attempt(write.statement);
      if (attempt.status === 'done' && attempt.count > 0) return write;
      if (attempt.status === 'done') continue;
      const outcome = outcomeOf(attempt);
      // A privilege that is missing cannot be the target's own, which the rule gives: it is the trail's.
      if (outcome.kind === 'privilege' || (write.certain && outcome.kind !== 'constraint')) return write;
    }
    return undefined;
  });
}
