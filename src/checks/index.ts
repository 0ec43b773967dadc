import { accessDelete } from './access/delete.ts';
import { accessInsert } from './access/insert.ts';
import { accessSelect } from './access/select.ts';
import { accessUpdate } from './access/update.ts';
import { auditAppendOnly } from './audit/append-only.ts';
import { auditRecorded } from './audit/recorded.ts';
import type { Check } from './check.ts';
import { structureDefinerFunctions } from './structure/definer-functions.ts';
import { structurePartitionsAhead } from './structure/partitions-ahead.ts';
import { structureRequestRole } from './structure/request-role.ts';
import { structureRowSecurity } from './structure/row-security.ts';

/** Every kind of check. A new one is a file and a line here. */
export const checks = {
  'access.select': accessSelect,
  'access.insert': accessInsert,
  'access.update': accessUpdate,
  'access.delete': accessDelete,
  'audit.recorded': auditRecorded,
  'audit.append-only': auditAppendOnly,
  'structure.row-security': structureRowSecurity,
  'structure.request-role': structureRequestRole,
  'structure.definer-functions': structureDefinerFunctions,
  'structure.partitions-ahead': structurePartitionsAhead,
} as const satisfies Record<string, Check>;

export type CheckKind = keyof typeof checks;

/** The check of a kind, or undefined. */
export function checkOf(kind: string): Check | undefined {
  return Object.hasOwn(checks, kind) ? checks[kind as CheckKind] : undefined;
}
