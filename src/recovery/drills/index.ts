import type { Drill } from '../model.ts';
import { crashRecovery } from './crash-recovery.ts';
import { machineLost } from './machine-lost.ts';
import { poolerKilled } from './pooler-killed.ts';
import { primaryFrozen } from './primary-frozen.ts';
import { primaryKilled } from './primary-killed.ts';
import { replicaBehind } from './replica-behind.ts';

/** Every drill, by name. */
export const drills = {
  'primary-killed': primaryKilled,
  'crash-recovery': crashRecovery,
  'primary-frozen': primaryFrozen,
  'replica-behind': replicaBehind,
  'pooler-killed': poolerKilled,
  'machine-lost': machineLost,
} as const satisfies Record<string, Drill>;

export type DrillName = keyof typeof drills;

export const drillNames = Object.keys(drills) as [DrillName, ...DrillName[]];
