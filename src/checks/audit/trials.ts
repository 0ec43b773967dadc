import type { AuditedTable, AuditRules } from '../../design/rules.ts';
import { settingsOf, type Target } from '../access/target.ts';
import type { CheckContext } from '../check.ts';
import { intoLeaf } from './empty-leaves.ts';
import { failureModes } from './failure-modes.ts';
import { operate } from './operate.ts';
import { someRows } from './operations.ts';
import { transactionMark } from './records.ts';
import { throughRequestRole } from './request-role-trials.ts';
import type { AuditTrial } from './scene.ts';

/** Every operation, for every actor and partition, and the ways in which audit trails commonly fail; each undone. */
export async function* auditTrials(
  context: CheckContext,
  target: Target,
  audit: AuditRules,
  audited: AuditedTable,
): AsyncGenerator<AuditTrial, void, void> {
  const scene = { context, target, audit, audited, mark: await transactionMark(context.session) };
  const leaves = target.partitions
    .filter((relation) => relation.kind === 'table')
    .map(({ identity }) => identity);
  for (const relation of leaves.length === 0 ? [target.relation.identity] : leaves) {
    if ((await someRows(context, target, audited, relation, 1)).length === 0) {
      const patch = intoLeaf(context, target, relation);
      if (patch === undefined) continue;
      for (const action of ['INSERT', 'DELETE'] as const) {
        yield await operate(
          scene,
          relation,
          action,
          1,
          {},
          undefined,
          `${action} in a partition without rows`,
          patch,
        );
      }
      continue;
    }
    for (const actor of context.actors) {
      for (const action of ['INSERT', 'UPDATE', 'DELETE'] as const) {
        yield await operate(scene, relation, action, 1, settingsOf(context, actor), actor);
      }
    }
  }
  yield* failureModes(scene);
  for (const actor of context.actors) yield* throughRequestRole(scene, actor);
}
