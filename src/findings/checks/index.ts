import type { FindingCheck } from '../check.ts';
import { auditChangeable } from './audit-changeable.ts';
import { auditEventMissing } from './audit-event-missing.ts';
import { auditTriggerWeak } from './audit-trigger-weak.ts';
import { columnTimestamp } from './column-timestamp.ts';
import { exposed } from './exposed.ts';
import { functionsDefiner } from './functions-definer.ts';
import { functionsLeakproof } from './functions-leakproof.ts';
import { grantsFuture } from './grants-future.ts';
import { indexForeignKey } from './index-foreign-key.ts';
import { indexRedundant } from './index-redundant.ts';
import { oracle } from './oracle.ts';
import { partitionNoneForNow } from './partition-none-for-now.ts';
import { partitionsUnlikeParent } from './partitions-unlike-parent.ts';
import { policiesCommandWithoutPolicy } from './policies-command-without-policy.ts';
import { policiesConstant } from './policies-constant.ts';
import { policiesDormant } from './policies-dormant.ts';
import { policiesIgnoreTenant } from './policies-ignore-tenant.ts';
import { policiesInsertWithoutCheck } from './policies-insert-without-check.ts';
import { policiesNoRestrictiveFloor } from './policies-no-restrictive-floor.ts';
import { policiesNotInitplan } from './policies-not-initplan.ts';
import { policiesToPublic } from './policies-to-public.ts';
import { policiesUnindexed } from './policies-unindexed.ts';
import { rlsDisabled } from './rls-disabled.ts';
import { rlsNoPermissivePolicy } from './rls-no-permissive-policy.ts';
import { rlsNotForced } from './rls-not-forced.ts';
import { rolesBypass } from './roles-bypass.ts';
import { settingsUnset } from './settings-unset.ts';
import { tenantNullable } from './tenant-nullable.ts';
import { triggerFunctionUnused } from './trigger-function-unused.ts';
import { triggerUpdatedAt } from './trigger-updated-at.ts';
import { viewsOwnerRights } from './views-owner-rights.ts';

/** Every check, in the order in which findings are worth reading. To add one: a file, a line here, a title, a page, two cases. */
export const checks: readonly FindingCheck[] = [
  rlsDisabled,
  policiesDormant,
  rolesBypass,
  rlsNotForced,
  rlsNoPermissivePolicy,
  policiesConstant,
  policiesIgnoreTenant,
  policiesNoRestrictiveFloor,
  policiesToPublic,
  policiesInsertWithoutCheck,
  policiesCommandWithoutPolicy,
  settingsUnset,
  tenantNullable,
  partitionsUnlikeParent,
  viewsOwnerRights,
  exposed,
  functionsDefiner,
  functionsLeakproof,
  grantsFuture,
  auditChangeable,
  auditTriggerWeak,
  auditEventMissing,
  oracle,
  policiesNotInitplan,
  policiesUnindexed,
  indexForeignKey,
  indexRedundant,
  partitionNoneForNow,
  columnTimestamp,
  triggerFunctionUnused,
  triggerUpdatedAt,
];
