import type { Node } from '@pgsql/types';
import type { Trigger } from '../../catalog/catalog.ts';
import { columnsOf } from '../../catalog/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Draft, nothing, written } from '../mutant.ts';
import { ident, ruledRelations, type Source, triggerPlaces } from '../source.ts';
import { deparseStatement, parseStatements } from '../tree.ts';
import { variantsOf } from '../variants.ts';

type TriggerNode = Extract<Node, { CreateTrigStmt: unknown }>['CreateTrigStmt'];

/** Bits of pg_trigger.tgtype. */
const eventBits = { INSERT: 4, DELETE: 8, UPDATE: 16, TRUNCATE: 32 } as const;

const falseNode = { A_Const: { boolval: {} } } as Node;

/** Triggers: disabled, replicas only, no longer always, an event less, a WHEN, one column of UPDATE. */
export function* triggerMutants(source: Source, dependencies: Dependencies): Generator<Draft, void, void> {
  const ruled = new Set(ruledRelations(source).map(({ identity }) => identity));
  for (const trigger of source.catalog.triggers.filter(
    ({ relation, inherited }) => ruled.has(relation) && !inherited,
  )) {
    yield* ofTrigger(source, trigger, dependencies);
  }
}

function* ofTrigger(
  source: Source,
  trigger: Trigger,
  dependencies: Dependencies,
): Generator<Draft, void, void> {
  const { catalog } = source;
  const name = ident(trigger.name);
  const all = triggerPlaces(catalog, trigger);
  const draft = (
    operator: string,
    says: string,
    statement: string,
    after: string,
    before = trigger.definition,
  ): Draft => ({
    operator,
    place: `${trigger.relation}.${trigger.name}`,
    object: `trigger ${name} on ${trigger.relation}`,
    group: trigger.relation,
    says: `trigger ${name} on ${trigger.relation} ${says}`,
    statement,
    before,
    after,
    touches: { ...nothing, triggers: dependencies.touchedBy([trigger]), kinds: ['structure.trigger'] },
  });
  const everywhere = (how: string) =>
    all.map(({ relation }) => `ALTER TABLE ${relation} ${how} TRIGGER ${name}`).join('; ');
  const stated = (operator: string, says: string, how: string) => {
    const statement = everywhere(how);
    return draft(operator, says, statement, statement, enabledAs(trigger));
  };
  if (trigger.enabled !== 'disabled') yield stated('trigger-disabled', 'is disabled', 'DISABLE');
  if (trigger.enabled !== 'replica')
    yield stated('trigger-replica', 'acts for replicas only', 'ENABLE REPLICA');
  if (trigger.enabled === 'always') yield stated('trigger-not-always', 'does not act for replicas', 'ENABLE');
  const [tree] = parseStatements(trigger.definition);
  const node = tree !== undefined && 'CreateTrigStmt' in tree ? tree.CreateTrigStmt : undefined;
  if (node === undefined) return;
  const recreated = (operator: string, says: string, change: Partial<TriggerNode>): Draft => {
    const { text, unwritable } = written(() =>
      all
        .flatMap((each) => [
          `DROP TRIGGER ${name} ON ${each.relation}`,
          onto(each, change),
          ...(each.enabled === 'origin' ? [] : [enabledAs(each)]),
        ])
        .join('; '),
    );
    const changed = draft(operator, says, text, text || says);
    return unwritable === undefined ? changed : { ...changed, unwritable };
  };
  if (trigger.events.length > 1) {
    for (const event of trigger.events) {
      const events = (node.events ?? 0) - eventBits[event];
      yield recreated(
        'event-removed',
        `does not act on ${event}`,
        event === 'UPDATE' ? { events, columns: [] } : { events },
      );
    }
  }
  if (trigger.events.includes('UPDATE') && trigger.timing !== 'INSTEAD OF') {
    const list = node.columns ?? [];
    for (const [index] of list.length > 1 ? list.entries() : []) {
      const columns = list.filter((_, other) => other !== index);
      yield recreated('columns-changed', `acts on UPDATE of ${columns.length} columns only`, { columns });
    }
    const [first] = columnsOf(catalog, trigger.relation);
    if (list.length === 0 && first !== undefined && trigger.level === 'ROW') {
      yield recreated('columns-changed', `acts on UPDATE of ${ident(first.name)} only`, {
        columns: [{ String: { sval: first.name } }],
      });
    }
  }
  if (trigger.timing !== 'INSTEAD OF')
    yield recreated('when-false', 'has WHEN (false)', { whenClause: falseNode });
  if (node.whenClause !== undefined) {
    const { whenClause, ...rest } = node;
    yield recreated('when-removed', 'has no WHEN', {
      ...rest,
      whenClause: undefined,
    } as unknown as Partial<TriggerNode>);
    for (const { operator, says, tree: when } of variantsOf(
      whenClause,
      { catalog, relation: trigger.relation },
      { condition: true },
    )) {
      yield recreated(operator, `has WHEN ${says}`, { whenClause: when });
    }
  }
}

/** The trigger, or the one of a partition, with the change. */
function onto(trigger: Trigger, change: Partial<TriggerNode>): string {
  const [tree] = parseStatements(trigger.definition);
  if (tree === undefined || !('CreateTrigStmt' in tree))
    throw new Error(`not a trigger: ${trigger.definition}`);
  return deparseStatement({ CreateTrigStmt: { ...tree.CreateTrigStmt, ...change } } as Node);
}

function enabledAs({ relation, name, enabled }: Trigger): string {
  const how = { origin: 'ENABLE', always: 'ENABLE ALWAYS', replica: 'ENABLE REPLICA', disabled: 'DISABLE' }[
    enabled
  ];
  return `ALTER TABLE ${relation} ${how} TRIGGER ${ident(name)}`;
}
