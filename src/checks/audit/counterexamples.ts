import type { Trigger } from '../../catalog/catalog.ts';
import type { AuditedTable } from '../../design/rules.ts';
import type { Fault } from '../../faults/fault.ts';
import { faults } from '../../faults/index.ts';
import type { CheckContext } from '../check.ts';

/** Every way to take a trigger of the table away without dropping it, and its function without its body. */
export function triggerCounterexamples(
  { catalog, design }: CheckContext,
  { table, triggers, change }: AuditedTable,
): readonly Fault[] {
  const present = catalog.triggers.filter(
    ({ relation, name }) => relation === table && triggers.includes(name),
  );
  const key = design.access.find((rules) => rules.table === table)?.key[0];
  // Of another column than the one that the check changes everywhere.
  const column = key === change.column ? undefined : key;
  return [
    ...present.flatMap((trigger) => [
      faults['trigger-disabled'](table, trigger.name),
      faults['trigger-for-replicas'](table, trigger.name),
      ...remade(trigger, column),
    ]),
    ...[...new Set(present.map((trigger) => trigger.function))].map((identity) =>
      faults['function-emptied'](identity),
    ),
  ];
}

function remade(trigger: Trigger, column: string | undefined): readonly Fault[] {
  return [
    faults['trigger-never'](trigger),
    ...(trigger.events.length > 1
      ? trigger.events.map((event) => faults['trigger-event-lost'](trigger, event))
      : []),
    ...(trigger.events.includes('UPDATE') && trigger.columns.length === 0 && column !== undefined
      ? [faults['trigger-columns-narrowed'](trigger, column)]
      : []),
  ];
}
