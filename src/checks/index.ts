import { accessDelete } from './access/delete.ts';
import { accessInsert } from './access/insert.ts';
import { accessSelect } from './access/select.ts';
import { accessUpdate } from './access/update.ts';
import { auditAppendOnly } from './audit/append-only.ts';
import { auditRecorded } from './audit/recorded.ts';
import type { Check } from './check.ts';
import { structureBehaviour } from './structure/behaviour.ts';
import { structureColumnsEverywhere } from './structure/columns-everywhere.ts';
import { structureConcurrent } from './structure/concurrent.ts';
import { structureDefinerFunctions } from './structure/definer-functions.ts';
import { structureEnum } from './structure/enum.ts';
import { structureExtension } from './structure/extension.ts';
import { structureFile } from './structure/file.ts';
import { structureForeignKeysIndexed } from './structure/foreign-keys-indexed.ts';
import { structureFunction } from './structure/function.ts';
import { structureIndex } from './structure/index-there.ts';
import { structureMemoryBudget } from './structure/memory-budget.ts';
import { structureNaming } from './structure/naming.ts';
import { structureNoRedundantIndexes } from './structure/no-redundant-indexes.ts';
import { structurePartitionsAhead } from './structure/partitions-ahead.ts';
import { structurePolicies } from './structure/policies.ts';
import { structurePooler } from './structure/pooler.ts';
import { structureQuery } from './structure/query.ts';
import { structureRequestRole } from './structure/request-role.ts';
import { structureRetention } from './structure/retention.ts';
import { structureRole } from './structure/role.ts';
import { structureRowSecurity } from './structure/row-security.ts';
import { structureScript } from './structure/script.ts';
import { structureSetting } from './structure/setting.ts';
import { structureTable } from './structure/table.ts';
import { structureTenantForeignKeys } from './structure/tenant-foreign-keys.ts';
import { structureTerraform } from './structure/terraform.ts';
import { structureTimestampsWithZone } from './structure/timestamps-with-zone.ts';
import { structureTrigger } from './structure/trigger.ts';
import { structureView } from './structure/view.ts';

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
  'structure.behaviour': structureBehaviour,
  'structure.concurrent': structureConcurrent,
  'structure.file': structureFile,
  'structure.memory-budget': structureMemoryBudget,
  'structure.pooler': structurePooler,
  'structure.retention': structureRetention,
  'structure.script': structureScript,
  'structure.setting': structureSetting,
  'structure.columns-everywhere': structureColumnsEverywhere,
  'structure.enum': structureEnum,
  'structure.extension': structureExtension,
  'structure.foreign-keys-indexed': structureForeignKeysIndexed,
  'structure.function': structureFunction,
  'structure.index': structureIndex,
  'structure.naming': structureNaming,
  'structure.no-redundant-indexes': structureNoRedundantIndexes,
  'structure.policies': structurePolicies,
  'structure.query': structureQuery,
  'structure.role': structureRole,
  'structure.table': structureTable,
  'structure.tenant-foreign-keys': structureTenantForeignKeys,
  'structure.terraform': structureTerraform,
  'structure.timestamps-with-zone': structureTimestampsWithZone,
  'structure.trigger': structureTrigger,
  'structure.view': structureView,
} as const satisfies Record<string, Check>;

export type CheckKind = keyof typeof checks;

/** The check of a kind, or undefined. */
export function checkOf(kind: string): Check | undefined {
  return Object.hasOwn(checks, kind) ? checks[kind as CheckKind] : undefined;
}
