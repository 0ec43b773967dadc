import type { Command, Policy } from '../../../catalog/catalog.ts';
import { inheritedRoles, relation as relationOf } from '../../../catalog/index.ts';
import { withPinnedOutput } from '../../../catalog/pinned-output.ts';
import { readPolicies } from '../../../catalog/read-policies.ts';
import type { CheckContext } from '../../check.ts';
import type { Target } from '../target.ts';
import { takeApart } from './condition.ts';
import type { Judged, Part } from './judged.ts';
import type { Place } from './ledger.ts';

/** What is asked of the rows that are there, of rows to add, and of rows as they would be after a change. */
export interface Questions {
  readonly existing: readonly Judged[];
  readonly inserted: readonly Judged[];
  readonly updated: readonly Judged[];
}

/** The policies of the targets as the database has them now, which is not how the catalogue was read: a fault may be in. */
export async function livePolicies(
  context: CheckContext,
  targets: readonly Target[],
): Promise<readonly Policy[]> {
  const query = (sql: string, values: readonly unknown[] = []) => context.session.query(sql, values);
  const relations = targets.flatMap(({ relation }) => relationOf(context.catalog, relation.identity) ?? []);
  return withPinnedOutput(query, () => readPolicies(query, relations));
}

/** The policies that the request role meets on a table, by what they judge. */
export function policyQuestions(
  context: CheckContext,
  target: Target,
  policies: readonly Policy[],
): Questions {
  const table = target.relation.identity;
  const roles = new Set(['PUBLIC', ...inheritedRoles(context.catalog, context.design.request.role)]);
  const own = policies.filter(
    (policy) => policy.relation === table && policy.roles.some((role) => roles.has(role)),
  );
  const of = (command: Command) =>
    isOpen(target, command)
      ? own.filter((policy) => policy.command === command || policy.command === 'ALL')
      : [];
  const using = (policy: Policy) => part(policy, 'USING', policy.using ?? 'true');
  const check = (policy: Policy) =>
    hasOwnCheck(policy) ? part(policy, 'WITH CHECK', policy.withCheck ?? 'true') : using(policy);
  const updated = of('UPDATE');
  return {
    existing: (['SELECT', 'UPDATE', 'DELETE'] as const)
      .map((command) => of(command).map(using))
      .filter(isAny),
    inserted: [of('INSERT').map(check)].filter(isAny),
    // Where none has a WITH CHECK of its own, the same conditions have been asked of the rows that are there.
    updated: updated.some(hasOwnCheck) ? [updated.map(check)] : [],
  };
}

/** A WITH CHECK that says what USING says is the same as none. */
function hasOwnCheck({ using, withCheck }: Policy): boolean {
  return withCheck !== null && withCheck !== using;
}

function part(policy: Policy, clause: Place['clause'], text: string): Part {
  return {
    place: { table: policy.relation, owner: { policy: policy.name }, clause },
    condition: takeApart(text, true),
    permissive: policy.permissive,
  };
}

/** The conditions of the table's rules. */
export function ruleQuestions(target: Target): Questions {
  const { rules, relation } = target;
  const ask = (rule: Command, clause: Place['clause'], text: string): Judged => [
    {
      place: { table: relation.identity, owner: { rule }, clause },
      condition: takeApart(text, false),
      permissive: true,
    },
  ];
  const { select, insert, update, delete: remove } = rules;
  return {
    existing: [
      ...('never' in select ? [] : [ask('SELECT', 'where', select.where)]),
      ...('never' in update ? [] : [ask('UPDATE', 'where', update.where)]),
      ...('never' in remove ? [] : [ask('DELETE', 'where', remove.where)]),
    ],
    inserted: 'never' in insert ? [] : [ask('INSERT', 'where', insert.where)],
    updated: 'never' in update ? [] : [ask('UPDATE', 'to', update.to)],
  };
}

/** False for a command that the rules close by privilege: its policies are asked by nobody. */
export function isOpen({ rules }: Target, command: Command): boolean {
  const rule = { SELECT: rules.select, INSERT: rules.insert, UPDATE: rules.update, DELETE: rules.delete }[
    command
  ];
  return !('never' in rule);
}

function isAny(judged: Judged): boolean {
  return judged.length > 0;
}
