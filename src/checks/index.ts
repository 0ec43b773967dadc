import { accessCoverage } from './access/conditions/check.ts';
import { accessDelete } from './access/delete.ts';
import { accessFunctions } from './access/functions/check.ts';
import { accessInsert } from './access/insert.ts';
import { accessNonInterference } from './access/interference/check.ts';
import { accessSelect } from './access/select.ts';
import { accessSessions } from './access/sessions/check.ts';
import { accessUpdate } from './access/update.ts';
import { auditAppendOnly } from './audit/append-only.ts';
import { auditConcurrent } from './audit/concurrent.ts';
import { auditRecorded } from './audit/recorded.ts';
import type { Check } from './check.ts';
import { loadGrowth } from './load/growth.ts';
import { loadLatency } from './load/latency.ts';
import { loadPooledClients } from './load/pooled-clients.ts';
import { loadTenantIsolation } from './load/tenant-isolation.ts';
import { loadThroughput } from './load/throughput.ts';
import { loadWithin } from './load/within.ts';
import { recoveryBackups } from './recovery/backups.ts';
import { recoveryChaos } from './recovery/chaos.ts';
import { recoveryDrill } from './recovery/drill.ts';
import { recoveryRetention } from './recovery/retention.ts';
import { structureBehaviour } from './structure/behaviour/behaviour.ts';
import { structureConcurrent } from './structure/behaviour/concurrent.ts';
import { structureFile } from './structure/config/file.ts';
import { structureMemoryBudget } from './structure/config/memory-budget.ts';
import { structurePooler } from './structure/config/pooler.ts';
import { structureScript } from './structure/config/script.ts';
import { structureSetting } from './structure/config/setting.ts';
import { structureTerraform } from './structure/config/terraform.ts';
import { structureForeignKeysIndexed } from './structure/indexes/foreign-keys-indexed.ts';
import { structureIndex } from './structure/indexes/index-there.ts';
import { structureNoRedundantIndexes } from './structure/indexes/no-redundant-indexes.ts';
import { structureTenantForeignKeys } from './structure/indexes/tenant-foreign-keys.ts';
import { structurePartitionsAhead } from './structure/partitions/partitions-ahead.ts';
import { structureRetention } from './structure/partitions/retention.ts';
import { structureQuery } from './structure/queries/query.ts';
import { structureDefinerFunctions } from './structure/security/definer-functions.ts';
import { structurePolicies } from './structure/security/policies.ts';
import { structureRequestRole } from './structure/security/request-role.ts';
import { structureRole } from './structure/security/role.ts';
import { structureRowSecurity } from './structure/security/row-security.ts';
import { structureTrigger } from './structure/security/trigger.ts';
import { structureColumnsEverywhere } from './structure/tables/columns-everywhere.ts';
import { structureEnum } from './structure/tables/enum.ts';
import { structureExtension } from './structure/tables/extension.ts';
import { structureFunction } from './structure/tables/function.ts';
import { structureNaming } from './structure/tables/naming.ts';
import { structureTable } from './structure/tables/table.ts';
import { structureTimestampsWithZone } from './structure/tables/timestamps-with-zone.ts';
import { structureView } from './structure/tables/view.ts';
import { topologyArchive } from './topology/archive.ts';
import { topologyEntry } from './topology/entry.ts';
import { topologyLag } from './topology/lag.ts';
import { topologyLagSeen } from './topology/lag-seen.ts';
import { topologyPooledClients } from './topology/pooled-clients.ts';
import { topologyPoolerIsolation } from './topology/pooler-isolation.ts';
import { topologyReadOnlyRouting } from './topology/read-only-routing.ts';
import { topologyReplicas } from './topology/replicas.ts';
import { topologySynchronous } from './topology/synchronous.ts';
import { topologyTakeover } from './topology/takeover.ts';
import { topologyTls } from './topology/tls.ts';

/** Every kind of check. A new one is a file and a line here. */
export const checks = {
  'access.select': accessSelect,
  'access.insert': accessInsert,
  'access.update': accessUpdate,
  'access.delete': accessDelete,
  'access.coverage': accessCoverage,
  'access.sessions': accessSessions,
  'access.functions': accessFunctions,
  'access.non-interference': accessNonInterference,
  'audit.recorded': auditRecorded,
  'audit.concurrent': auditConcurrent,
  'audit.append-only': auditAppendOnly,
  'load.growth': loadGrowth,
  'load.latency': loadLatency,
  'load.pooled-clients': loadPooledClients,
  'load.tenant-isolation': loadTenantIsolation,
  'load.throughput': loadThroughput,
  'load.within': loadWithin,
  'recovery.backups': recoveryBackups,
  'recovery.chaos': recoveryChaos,
  'recovery.drill': recoveryDrill,
  'recovery.retention': recoveryRetention,
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
  'topology.archive': topologyArchive,
  'topology.entry': topologyEntry,
  'topology.lag': topologyLag,
  'topology.lag-seen': topologyLagSeen,
  'topology.pooled-clients': topologyPooledClients,
  'topology.pooler-isolation': topologyPoolerIsolation,
  'topology.read-only-routing': topologyReadOnlyRouting,
  'topology.replicas': topologyReplicas,
  'topology.synchronous': topologySynchronous,
  'topology.takeover': topologyTakeover,
  'topology.tls': topologyTls,
} as const satisfies Record<string, Check>;

export type CheckKind = keyof typeof checks;

/** The check of a kind, or undefined. */
export function checkOf(kind: string): Check | undefined {
  return Object.hasOwn(checks, kind) ? checks[kind as CheckKind] : undefined;
}
