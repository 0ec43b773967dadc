import { triggersOf } from '../../catalog/index.ts';
import type { Actor } from '../../design/design.ts';
import type { AuditedTable, AuditRules } from '../../design/rules.ts';
import type { Breach } from '../../evidence/model.ts';
import { judge, type TableParameters, tableParameters } from '../access/table-check.ts';
import { type Target, targetOf } from '../access/target.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { blameTriggers } from './blame-triggers.ts';
import { triggerCounterexamples } from './counterexamples.ts';
import type { AuditTrial } from './scene.ts';
import { trailGone } from './trail-there.ts';
import { auditTrials } from './trials.ts';

/** Every change of a table leaves exactly one right record; what did not happen leaves none. */
export const auditRecorded = defineCheck({
  kind: 'audit.recorded',
  family: 'audit',
  says: 'each change leaves exactly one record with the right actor, row, old and new values; secrets are left out',
  parameters: tableParameters,
  needs: ['superuser', 'scratch-database'],
  tables: ({ table }) => [table],
  run: runRecorded,
  faults: (context, { table }) => triggerCounterexamples(context, auditOf(context, table).audited),
});

async function* runRecorded(
  context: CheckContext,
  { table }: TableParameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { audit, audited } = auditOf(context, table);
  const gone = await trailGone(context, audit);
  if (gone !== undefined) return judge([gone], []);
  const target = targetOf(context, table);
  const breaches: Breach[] = [];
  const exercised = new Set<string>();
  for await (const trial of auditTrials(context, target, audit, audited)) {
    exercised.add(trial.action);
    const agrees = trial.wrong.length === 0;
    yield sightingOf(context, trial, agrees);
    if (!agrees) breaches.push(await breachOf(context, target, audited, trial));
    if (context.stopAtFirstBreach && breaches.length > 0) break;
  }
  const missing = ['INSERT', 'UPDATE', 'DELETE'].filter((action) => !exercised.has(action));
  const there = new Set(triggersOf(context.catalog, table).map(({ name }) => name));
  return judge(breaches, [
    ...missing.map((action) => `no row of ${table} could be tried with ${action}`),
    ...audited.triggers
      .filter((name) => !there.has(name))
      .map((name) => `the rule names trigger ${name} on ${table}, which is not there`),
  ]);
}

/** The audit rules and those of one table. */
export function auditOf(context: CheckContext, table: string): { audit: AuditRules; audited: AuditedTable } {
  const { audit } = context.design;
  const audited = audit?.tables.find((candidate) => candidate.table === table);
  if (audit === undefined || audited === undefined) throw new Error(`no audit rule for ${table}`);
  return { audit, audited };
}

function sightingOf(context: CheckContext, trial: AuditTrial, agrees: boolean): Sighting {
  return {
    subject: trial.relation,
    ...(trial.actor === undefined ? {} : { actor: trial.actor.name }),
    command: trial.action,
    way: trial.way,
    role: trial.asRequest ? context.design.request.role : 'superuser',
    statement: trial.statement,
    expected: trial.expected,
    actual: agrees ? (trial.actual ?? trial.expected) : trial.wrong.join('; '),
    agrees,
  };
}

async function breachOf(
  context: CheckContext,
  target: Target,
  audited: AuditedTable,
  trial: AuditTrial,
): Promise<Breach> {
  return {
    says: `${trial.way} of ${trial.relation}${by(trial.actor)}: ${trial.wrong[0] ?? ''}`,
    ...(trial.actor === undefined ? {} : { actor: trial.actor.name }),
    object: await blameTriggers(context.session, target.relation.identity, audited.triggers),
    expected: `${trial.expected}: ${audited.says}`,
    actual: trial.wrong.join('; '),
    reproduce: trial.reproduce,
  };
}

function by(actor: Actor | undefined): string {
  return actor === undefined ? '' : ` by ${actor.name}`;
}
