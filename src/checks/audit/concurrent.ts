import type pg from 'pg';
import { triggersOf } from '../../catalog/index.ts';
import type { Breach } from '../../evidence/model.ts';
import { faults } from '../../faults/index.ts';
import { judge, type TableParameters, tableParameters } from '../access/table-check.ts';
import { type Target, targetOf } from '../access/target.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { blameTriggers } from './blame-triggers.ts';
import { type ConcurrentTrial, race, sideBySide } from './concurrent-trials.ts';
import { someRows } from './operations.ts';
import { auditOf } from './recorded.ts';
import { transactionMark } from './records.ts';
import type { Scene } from './scene.ts';
import { trailGone } from './trail-there.ts';

/** Sessions that change the same and other rows at once leave every record, by the right actor, and end. */
export const auditConcurrent = defineCheck({
  kind: 'audit.concurrent',
  family: 'audit',
  says: 'sessions side by side leave one right record for each change, none lost, and none of them in a deadlock',
  parameters: tableParameters,
  needs: ['superuser', 'scratch-database'],
  isolation: 'database',
  tables: ({ table }) => [table],
  run: runConcurrent,
  faults: (context, { table }) => {
    const { audited } = auditOf(context, table);
    const rowTriggers = context.catalog.triggers.filter(
      ({ relation, name, level, events }) =>
        relation === table && audited.triggers.includes(name) && level === 'ROW' && events.includes('UPDATE'),
    );
    return [
      ...rowTriggers.map((trigger) => faults['trigger-disabled'](table, trigger.name)),
      ...[...new Set(rowTriggers.map((trigger) => trigger.function))].map((identity) =>
        faults['function-emptied'](identity),
      ),
    ];
  },
});

async function* runConcurrent(
  context: CheckContext,
  { table }: TableParameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { audit, audited } = auditOf(context, table);
  const gone = await trailGone(context, audit);
  if (gone !== undefined) return judge([gone], []);
  const target = targetOf(context, table);
  const rows = await someRows(context, target, audited, table, 2);
  const [one, other] = rows;
  const missing = audited.triggers.filter(
    (name) => !triggersOf(context.catalog, table).some((trigger) => trigger.name === name),
  );
  const unexercised = [
    ...(one === undefined || other === undefined ? [`${table} has no two rows to change side by side`] : []),
    ...missing.map((name) => `the rule names trigger ${name} on ${table}, which is not there`),
  ];
  if (one === undefined || other === undefined) return judge([], unexercised);
  const clients: pg.Client[] = [];
  const breaches: Breach[] = [];
  try {
    for (let count = 0; count < 4; count++) clients.push(await context.connect());
    for (const tried of [sideBySide, race]) {
      // Its id and its clock are where the records of the trial begin; it sees what the others commit.
      await context.session.script('BEGIN');
      const mark = await transactionMark(context.session);
      const scene: Scene = { context, target, audit, audited, mark };
      const trial = await tried(scene, clients, one, other);
      await context.session.script('ROLLBACK');
      const agrees = trial.wrong.length === 0;
      yield sighting(target, trial, agrees);
      if (!agrees) breaches.push(await breach(scene, trial));
      if (trial.unexercised !== undefined) {
        unexercised.push(trial.unexercised);
        break;
      }
      if (!agrees && context.stopAtFirstBreach) break;
    }
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
  return judge(breaches, unexercised);
}

function sighting(target: Target, trial: ConcurrentTrial, agrees: boolean): Sighting {
  return {
    subject: target.relation.identity,
    command: 'UPDATE',
    way: trial.way,
    role: 'superuser',
    statement: trial.script,
    expected: trial.expected,
    actual: agrees ? (trial.actual ?? trial.expected) : trial.wrong.join('; '),
    agrees,
  };
}

async function breach({ context, target, audited }: Scene, trial: ConcurrentTrial): Promise<Breach> {
  return {
    says: `${trial.way} of ${target.relation.identity}: ${trial.wrong[0] ?? ''}`,
    object: await blameTriggers(context.session, target.relation.identity, audited.triggers),
    expected: `${trial.expected}: ${audited.says}`,
    actual: trial.wrong.join('; '),
    reproduce: trial.script,
  };
}
