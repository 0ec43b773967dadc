import type { AuditedTable, AuditRules } from '../../design/rules.ts';
import { settingsOf, type Target } from '../access/target.ts';
import type { CheckContext } from '../check.ts';
import { actorGone } from './actor-gone.ts';
import { cascades } from './cascades.ts';
import { intoLeaf } from './empty-leaves.ts';
import { failureModes, truncated } from './failure-modes.ts';
import { formTrials } from './form-trials.ts';
import { operate } from './operate.ts';
import { someRows } from './operations.ts';
import { partitionMove } from './partition-move.ts';
import { transactionMark } from './records.ts';
import { replicaRole } from './replica-role.ts';
import { throughRequestRole } from './request-role-trials.ts';
import { savepoints } from './savepoints.ts';
import type { AuditTrial, Scene } from './scene.ts';

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
  let dear = true;
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
      // Where much refers to the table this takes longer than all the rest; most faults have shown by now.
      if (dear) yield await truncated(scene);
      dear = false;
    }
  }
  if (dear) yield await truncated(scene);
  yield* failureModes(scene);
  yield* onceForTheTable(scene);
  for (const actor of context.actors) yield* throughRequestRole(scene, actor);
}

/** Ways that do not depend on who it is, or on the partition. */
async function* onceForTheTable(scene: Scene): AsyncGenerator<AuditTrial, void, void> {
  yield* formTrials(scene);
  for (const tried of [savepoints, partitionMove, actorGone]) {
    const found = await tried(scene);
    if (found !== undefined) yield found;
  }
  yield* cascades(scene);
  yield* replicaRole(scene);
}
