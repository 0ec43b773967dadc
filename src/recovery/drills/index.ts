import type { Drill } from '../model.ts';
import { archiveFails } from './archive-fails.ts';
import { archiveLies } from './archive-lies.ts';
import { archiveSlow } from './archive-slow.ts';
import { backupHalfWay } from './backup-half-way.ts';
import { backupUnderLoad } from './backup-under-load.ts';
import { badMigration } from './bad-migration.ts';
import { clientCut } from './client-cut.ts';
import { clockJump } from './clock-jump.ts';
import { crashRecovery } from './crash-recovery.ts';
import { diskFullArchive } from './disk-full-archive.ts';
import { diskFullData } from './disk-full-data.ts';
import { diskFullWal } from './disk-full-wal.ts';
import { idleArchive } from './idle-archive.ts';
import { machineLost } from './machine-lost.ts';
import { pageCorrupt } from './page-corrupt.ts';
import { patroniFailover } from './patroni-failover.ts';
import { pointInTimeDelete } from './point-in-time-delete.ts';
import { pointInTimeDrop } from './point-in-time-drop.ts';
import { poolerCut } from './pooler-cut.ts';
import { poolerKilled } from './pooler-killed.ts';
import { primaryFrozen } from './primary-frozen.ts';
import { primaryKilled } from './primary-killed.ts';
import { replicaBehind } from './replica-behind.ts';
import { replicaCut } from './replica-cut.ts';
import { restoreLatest } from './restore-latest.ts';
import { segmentMissing } from './segment-missing.ts';
import { tenantRestore } from './tenant-restore.ts';
import { wrongTimeLine } from './wrong-time-line.ts';

/** Every drill, by name: failovers and crashes, then restores, then disks, archives and clocks. */
export const drills = {
  'primary-killed': primaryKilled,
  'crash-recovery': crashRecovery,
  'primary-frozen': primaryFrozen,
  'replica-behind': replicaBehind,
  'replica-cut': replicaCut,
  'client-cut': clientCut,
  'pooler-cut': poolerCut,
  'pooler-killed': poolerKilled,
  'machine-lost': machineLost,
  'patroni-failover': patroniFailover,
  'point-in-time-delete': pointInTimeDelete,
  'point-in-time-drop': pointInTimeDrop,
  'bad-migration': badMigration,
  'tenant-restore': tenantRestore,
  'restore-latest': restoreLatest,
  'wrong-time-line': wrongTimeLine,
  'segment-missing': segmentMissing,
  'backup-half-way': backupHalfWay,
  'backup-under-load': backupUnderLoad,
  'disk-full-data': diskFullData,
  'disk-full-wal': diskFullWal,
  'disk-full-archive': diskFullArchive,
  'archive-fails': archiveFails,
  'archive-lies': archiveLies,
  'archive-slow': archiveSlow,
  'idle-archive': idleArchive,
  'page-corrupt': pageCorrupt,
  'clock-jump': clockJump,
} as const satisfies Record<string, Drill>;

export type DrillName = keyof typeof drills;

export const drillNames = Object.keys(drills) as [DrillName, ...DrillName[]];
