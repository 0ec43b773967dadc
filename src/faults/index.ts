import { allDropped } from './all-dropped.ts';
import { allRenamed } from './all-renamed.ts';
import { columnDropped, columnLoosened, columnRetyped } from './column-changed.ts';
import { constraintDropped } from './constraint-dropped.ts';
import { enumValueRenamed } from './enum-value-renamed.ts';
import { extensionDropped } from './extension-dropped.ts';
import type { Fault } from './fault.ts';
import { fileChanged } from './file-changed.ts';
import { foreignKeyAdded, foreignKeyNarrowed } from './foreign-key-narrowed.ts';
import { freeSql } from './free-sql.ts';
import { executeGranted, executeToPublic, searchPathDropped } from './function-exposed.ts';
import { dropsByName, functionEmptied } from './function-replaced.ts';
import { grantAdded } from './grant-added.ts';
import { indexAdded } from './index-added.ts';
import { indexDropped } from './index-dropped.ts';
import { iniChanged } from './ini-changed.ts';
import { errorsLetIn } from './load/errors-let-in.ts';
import { indexesHidden } from './load/indexes-hidden.ts';
import { serverThrottled } from './load/server-throttled.ts';
import { partitionDetached } from './partition-detached.ts';
import { policyDropped } from './policy-dropped.ts';
import { policyWidened } from './policy-widened.ts';
import { archiveFailureSwallowed } from './recovery/archive-failure-swallowed.ts';
import { archiveLiesLater } from './recovery/archive-lies-later.ts';
import { blockDamaged } from './recovery/block-damaged.ts';
import { failoverPaused, fenceMissing } from './recovery/controller-misset.ts';
import { diskFullSwallowed } from './recovery/disk-full-swallowed.ts';
import { historyLost } from './recovery/history-lost.ts';
import { insertsSwallowed } from './recovery/inserts-swallowed.ts';
import { loginWithdrawn } from './recovery/login-withdrawn.ts';
import { patroniPaused } from './recovery/patroni-paused.ts';
import { poolerFileBroken } from './recovery/pooler-file-broken.ts';
import { relationDropped } from './relation-dropped.ts';
import { membershipRevoked, roleAltered } from './role-altered.ts';
import { roleStrengthened } from './role-strengthened.ts';
import { routineAltered, routineDropped } from './routine-changed.ts';
import { rowSecurityNotForced } from './row-security-not-forced.ts';
import { rowSecurityOff } from './row-security-off.ts';
import { settingChanged } from './setting-changed.ts';
import { textRemoved } from './text-removed.ts';
import { commitsUnsent } from './topology/commits-unsent.ts';
import { entryMisled } from './topology/entry-misled.ts';
import { plainConnections, trustedConnections } from './topology/hba-opened.ts';
import { oldTls } from './topology/old-tls.ts';
import { poolUnbounded } from './topology/pool-unbounded.ts';
import { poolerValue } from './topology/pooler-value.ts';
import { primarySetting } from './topology/primary-setting.ts';
import { readerToOneReplica, readerToPrimary } from './topology/reader-misled.ts';
import { replayDelayed } from './topology/replay-delayed.ts';
import { replicaKilled } from './topology/replica-killed.ts';
import { settingsOutlive } from './topology/settings-outlive.ts';
import { slotLost } from './topology/slot-lost.ts';
import { triggerDisabled } from './trigger-disabled.ts';
import {
  triggerColumnsNarrowed,
  triggerEventLost,
  triggerForReplicas,
  triggerNever,
} from './trigger-rewritten.ts';
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
  'all-dropped': allDropped,
  'all-renamed': allRenamed,
  'column-dropped': columnDropped,
  'column-loosened': columnLoosened,
  'column-retyped': columnRetyped,
  'enum-value-renamed': enumValueRenamed,
  'extension-dropped': extensionDropped,
  'foreign-key-added': foreignKeyAdded,
  'foreign-key-narrowed': foreignKeyNarrowed,
  'index-added': indexAdded,
  'membership-revoked': membershipRevoked,
  'relation-dropped': relationDropped,
  'role-altered': roleAltered,
  'routine-altered': routineAltered,
  'routine-dropped': routineDropped,
  'function-emptied': functionEmptied,
  'drops-by-name': dropsByName,
  'ini-changed': iniChanged,
  'text-removed': textRemoved,
  'trigger-columns-narrowed': triggerColumnsNarrowed,
  'trigger-event-lost': triggerEventLost,
  'trigger-for-replicas': triggerForReplicas,
  'trigger-never': triggerNever,
  'replica-killed': replicaKilled,
  'slot-lost': slotLost,
  'commits-unsent': commitsUnsent,
  'old-tls': oldTls,
  'entry-misled': entryMisled,
  'replay-delayed': replayDelayed,
  'primary-setting': primarySetting,
  'pooler-value': poolerValue,
  'plain-connections': plainConnections,
  'trusted-connections': trustedConnections,
  'pool-unbounded': poolUnbounded,
  'settings-outlive': settingsOutlive,
  'reader-to-primary': readerToPrimary,
  'reader-to-one-replica': readerToOneReplica,
  'server-throttled': serverThrottled,
  'indexes-hidden': indexesHidden,
  'errors-let-in': errorsLetIn,
  'block-damaged': blockDamaged,
  'failover-paused': failoverPaused,
  'fence-missing': fenceMissing,
  'login-withdrawn': loginWithdrawn,
  'pooler-file-broken': poolerFileBroken,
  'patroni-paused': patroniPaused,
  'archive-lies-later': archiveLiesLater,
  'history-lost': historyLost,
  'inserts-swallowed': insertsSwallowed,
  'archive-failure-swallowed': archiveFailureSwallowed,
  'disk-full-swallowed': diskFullSwallowed,
} as const satisfies Record<string, (...parameters: never[]) => Fault>;
