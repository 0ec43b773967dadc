import type { Command, Policy } from '../../catalog/catalog.ts';
import type { Fault } from '../../faults/fault.ts';
import { faults } from '../../faults/index.ts';
import type { CheckContext } from '../check.ts';
import { targetOf } from './target.ts';

/**
 * The counterexamples of an access rule: whatever stands behind it is taken away. Policies and row security where rows
 * are at stake, privileges where the rule says never, guards where they are named.
 */
export function accessFaults(context: CheckContext, table: string, command: Command): readonly Fault[] {
  const target = targetOf(context, table);
  const { role } = context.design.request;
  const rule = target.rules[command.toLowerCase() as 'select' | 'insert' | 'update' | 'delete'];
  const partition = target.partitions[0];
  const pastParent =
    partition === undefined ? [] : [faults['grant-added'](command, partition.identity, role)];
  if ('never' in rule) return [faults['grant-added'](command, table, role), ...pastParent];
  const { kind, options } = target.relation;
  const isTable = kind === 'table' || kind === 'partitioned table';
  const invokes = options.some((option) => /^security_invoker=(true|on|1|yes)$/i.test(option));
  const policies = context.catalog.policies.filter(
    (policy) => policy.relation === table && (policy.command === command || policy.command === 'ALL'),
  );
  const guards = context.catalog.triggers.filter(
    (trigger) =>
      trigger.relation === table &&
      command !== 'SELECT' &&
      trigger.events.includes(command) &&
      (target.rules.guards ?? []).includes(trigger.name),
  );
  return [
    ...policies.map((policy) => faults['policy-dropped'](policy)),
    ...policies.filter((policy) => !isTrue(policy)).map((policy) => faults['policy-widened'](policy)),
    ...(isTable ? [faults['row-security-off'](table)] : []),
    ...(invokes ? [faults['view-with-owner-rights'](table)] : []),
    ...guards.map((trigger) => faults['trigger-disabled'](table, trigger.name)),
    ...secretGrants(context, table, command, role),
    ...pastParent,
  ];
}

/** A policy that lets everything through already, such as one that a restrictive one narrows. */
function isTrue({ using, withCheck }: Policy): boolean {
  return [using, withCheck].every((expression) => expression === null || expression === 'true');
}

/** A grant on one column that the rule withholds: a secret one, or one that must not change. */
function secretGrants(
  context: CheckContext,
  table: string,
  command: Command,
  role: string,
): readonly Fault[] {
  const { rules, columns } = targetOf(context, table);
  const rule = command === 'INSERT' ? rules.insert : rules.update;
  const withheld =
    command === 'SELECT'
      ? (rules.secret ?? [])
      : command === 'DELETE' || 'never' in rule || rule.columns === undefined
        ? []
        : columns
            .filter((column) => !column.generated && !rule.columns?.includes(column.name))
            .map(({ name }) => name);
  const [first] = withheld;
  return first === undefined ? [] : [faults['grant-added'](command, table, role, [first])];
}
