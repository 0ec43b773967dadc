import { constraintDropped } from './constraint-dropped.ts';
import type { Fault } from './fault.ts';
import { fileChanged } from './file-changed.ts';
import { freeSql } from './free-sql.ts';
import { executeGranted, executeToPublic, searchPathDropped } from './function-exposed.ts';
import { grantAdded } from './grant-added.ts';
import { indexDropped } from './index-dropped.ts';
import { partitionDetached } from './partition-detached.ts';
import { policyDropped } from './policy-dropped.ts';
import { policyWidened } from './policy-widened.ts';
import { roleStrengthened } from './role-strengthened.ts';
import { rowSecurityNotForced } from './row-security-not-forced.ts';
import { rowSecurityOff } from './row-security-off.ts';
import { settingChanged } from './setting-changed.ts';
import { triggerDisabled } from './trigger-disabled.ts';
import { viewWithOwnerRights } from './view-with-owner-rights.ts';

/** Every kind of fault, by name; checks ask for theirs here. */
export const faults = {
  'policy-dropped': policyDropped,
  'policy-widened': policyWidened,
  'row-security-off': rowSecurityOff,
  'row-security-not-forced': rowSecurityNotForced,
  'trigger-disabled': triggerDisabled,
  'grant-added': grantAdded,
  'role-strengthened': roleStrengthened,
  'search-path-dropped': searchPathDropped,
  'execute-to-public': executeToPublic,
  'execute-granted': executeGranted,
  'partition-detached': partitionDetached,
  'constraint-dropped': constraintDropped,
  'index-dropped': indexDropped,
  sql: freeSql,
  'setting-changed': settingChanged,
  'file-changed': fileChanged,
  'view-with-owner-rights': viewWithOwnerRights,
} as const satisfies Record<string, (...parameters: never[]) => Fault>;
