export { accessClaims, auditClaims, type ClaimFrame } from './design/claims.ts';
export { ConfigError } from './design/config-error.ts';
export type { Cell, DataPlan, FakerPool, Ids, TableData, Value } from './design/data-plan.ts';
export { defineDesign } from './design/define.ts';
export type {
  Actor,
  Catch,
  CheckCall,
  Claim,
  Defect,
  Design,
  NotAssessed,
  Request,
  Targets,
  Tier,
  Topology,
  Waiver,
} from './design/design.ts';
export type {
  AccessRules,
  AuditedTable,
  AuditRules,
  AuditTrail,
  InsertRule,
  NeverRule,
  RowRule,
  UpdateRule,
} from './design/rules.ts';
export type {
  Draw,
  RowOf,
  StatementCall,
  TransactionPlan,
  Workload,
  WorkloadStatement,
  WorkloadTransaction,
} from './design/workload.ts';
