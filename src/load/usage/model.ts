/** Whose processor time it is. `other`: everything on the machine that is none of these. */
export type Component = 'server' | 'replicas' | 'pooler' | 'generator' | 'pgattest' | 'other';

/** What was used in one interval, about a second. What could not be seen is absent, never 0. */
export interface UsageSample {
  /** The end of the interval, in milliseconds since 1970. */
  readonly at: number;
  /** Length of the interval. */
  readonly seconds: number;
  /** Processor seconds, user and system, by component: 1.5 in a second is one and a half cores. */
  readonly processor?: Readonly<Partial<Record<Component, number>>>;
  readonly machine?: MachineSample;
  /** Bytes that the server's processes had the disk read and write. */
  readonly disk?: { readonly readBytes: number; readonly writtenBytes: number };
  readonly server?: ServerSample;
  readonly pooler?: PoolerSample;
  readonly replicas?: readonly ReplicaSample[];
}

/** Processor seconds of the cores that this process may use; they add up to `cores` × seconds. */
export interface MachineSample {
  readonly cores: number;
  readonly busy: number;
  readonly idle: number;
  /** Idle while something waited for a disk. */
  readonly ioWait: number;
  /** Taken by the hypervisor for other machines. */
  readonly steal: number;
}

/** What the server says of itself. States are of the instant, the rest is what came since the sample before. */
export interface ServerSample {
  /** Client backends that run a statement, wait or not; the sampler's own is left out. */
  readonly active: number;
  readonly idleInTransaction: number;
  readonly idle: number;
  /** Active backends by what they wait for: `Lock:transactionid`, `IO:WALSync`; `cpu` for those that do not wait. */
  readonly waits: Readonly<Record<string, number>>;
  /** Backends that wait for a lock that is not granted: of pg_stat_activity, since pg_locks would stop all locking to count. */
  readonly lockWaits: number;
  readonly autovacuumWorkers: number;
  readonly commits: number;
  readonly deadlocks: number;
  readonly blocksRead: number;
  readonly blocksHit: number;
  readonly temporaryBytes: number;
  readonly checkpoints: { readonly timed: number; readonly requested: number };
  /** Pages that backends had to write themselves. */
  readonly backendBuffers: number;
  readonly wal: WalSample;
}

export interface WalSample {
  readonly bytes: number;
  /** How often a backend had to write WAL because the buffers were full. */
  readonly buffersFull: number;
  readonly syncs: number;
  /** Undefined where track_wal_io_timing is off. */
  readonly syncMilliseconds?: number;
}

/** SHOW POOLS and SHOW STATS, over all pools but the console's. */
export interface PoolerSample {
  readonly clientsActive: number;
  /** Clients that wait for a server connection. */
  readonly clientsWaiting: number;
  readonly serversActive: number;
  readonly serversIdle: number;
  /** Pools in which clients wait and no connection is idle. */
  readonly poolsFull: number;
  /** How long the client that waits longest has waited. */
  readonly longestWaitMilliseconds: number;
  /** Mean wait for a server connection of what came since the sample before. */
  readonly meanWaitMilliseconds: number;
}

export interface ReplicaSample {
  readonly name: string;
  /** WAL of the primary that it has not replayed yet. */
  readonly behindBytes: number;
  /** From commit to visible, as the primary knows it. */
  readonly behindMilliseconds: number;
}

/** What a sampler saw. */
export interface Usage {
  readonly samples: readonly UsageSample[];
  /** What it could not see, and why: a line each. */
  readonly blind: readonly string[];
  /** Seconds that this process was busy with reading, waiting for answers not counted. */
  readonly ownSeconds: number;
}
