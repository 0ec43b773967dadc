import type { Node } from '@pgsql/types';
import pg from 'pg';
import { deparseSync, parseSync } from 'pgsql-parser';
import type { Trigger } from '../catalog/catalog.ts';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

type CreateTrigger = Extract<Node, { CreateTrigStmt: unknown }>['CreateTrigStmt'];

/** Bits of pg_trigger.tgtype. */
const eventBits = { INSERT: 4, DELETE: 8, UPDATE: 16, TRUNCATE: 32 } as const;

/** A trigger that is there and acts for replicas only. `alsoOn` as for a disabled one. */
export function triggerForReplicas(table: string, trigger: string, alsoOn: readonly string[] = []): Fault {
  const name = pg.escapeIdentifier(trigger);
  return sqlFault({
    kind: 'trigger-for-replicas',
    object: `${name} on ${table}`,
    says: `trigger ${name} on ${table} acts for replicas only`,
    statement: [table, ...alsoOn].map((on) => `ALTER TABLE ${on} ENABLE REPLICA TRIGGER ${name}`).join('; '),
  });
}

/** A trigger made again without one of its several events. The parser must be loaded. */
export function triggerEventLost(trigger: Trigger, event: Trigger['events'][number]): Fault {
  return rewritten('trigger-event-lost', trigger, `forgets ${event}`, (node) => ({
    ...node,
    events: (node.events ?? 0) & ~eventBits[event],
    columns: event === 'UPDATE' ? [] : (node.columns ?? []),
  }));
}

/** A trigger made again with a condition that never holds. The parser must be loaded. */
export function triggerNever(trigger: Trigger): Fault {
  return rewritten('trigger-never', trigger, 'has WHEN (false)', (node) => ({
    ...node,
    whenClause: { A_Const: { boolval: {} } } as Node,
  }));
}

/** A trigger made again for UPDATE of one column. The parser must be loaded. */
export function triggerColumnsNarrowed(trigger: Trigger, column: string): Fault {
  return rewritten(
    'trigger-columns-narrowed',
    trigger,
    `acts on UPDATE of ${pg.escapeIdentifier(column)} only`,
    (node) => ({ ...node, columns: [{ String: { sval: column } }] }),
  );
}

/** On the parse tree: a name or an argument may read like any part of the statement. */
function rewritten(
  kind: string,
  trigger: Trigger,
  says: string,
  change: (node: CreateTrigger) => CreateTrigger,
): Fault {
  const name = `${pg.escapeIdentifier(trigger.name)} on ${trigger.relation}`;
  const [parsed] = parseSync(trigger.definition).stmts ?? [];
  const node = parsed?.stmt;
  if (node === undefined || !('CreateTrigStmt' in node))
    throw new Error(`not a trigger: ${trigger.definition}`);
  const create = deparseSync({ CreateTrigStmt: change(node.CreateTrigStmt) } as Node);
  return sqlFault({
    kind,
    object: `${name}: ${says}`,
    says: `trigger ${name} ${says}`,
    statement: `DROP TRIGGER ${name}; ${create}`,
  });
}
