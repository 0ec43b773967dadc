import os from 'node:os';

/**
 * What is known of the machine and of the account. The only file of the library that asks the process;
 * everything else takes a `Machine`, so that a test can hand in another one.
 */
export interface Machine {
  /** Host name. */
  readonly name: string;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly cores: number;
  /** Memory that this process may use: the limit of its container when there is one. */
  readonly memoryBytes: number;
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Folder for temporary files, as TMPDIR says. */
  readonly tmp: string;
  readonly home: string;
  /** PATH, XDG_CACHE_HOME, PGATTEST_CACHE, PGATTEST_POSTGRES_BASE and PGATTEST_PGBOUNCER_BASE; nothing else is looked at. */
  readonly env: {
    readonly path: string;
    readonly xdgCache?: string;
    readonly cache?: string;
    /** What images are built on. */
    readonly bases?: { readonly postgres?: string; readonly pgbouncer?: string };
  };
}

export function thisMachine(): Machine {
  const { XDG_CACHE_HOME: xdgCache, PGATTEST_CACHE: cache } = process.env;
  const { PGATTEST_POSTGRES_BASE: postgres, PGATTEST_PGBOUNCER_BASE: pgbouncer } = process.env;
  return {
    name: os.hostname(),
    platform: process.platform,
    arch: process.arch,
    cores: os.availableParallelism(),
    memoryBytes: memory(),
    pid: process.pid,
    uid: process.geteuid?.() ?? -1,
    gid: process.getegid?.() ?? -1,
    tmp: os.tmpdir(),
    home: os.homedir(),
    env: {
      path: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
      ...(xdgCache ? { xdgCache } : {}),
      ...(cache ? { cache } : {}),
      bases: { ...(postgres ? { postgres } : {}), ...(pgbouncer ? { pgbouncer } : {}) },
    },
  };
}

/** Sends a signal to a process. False when it is gone, or is not ours to signal. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** cgroup v1 says "no limit" with a number larger than any machine. */
function memory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < os.totalmem() ? limit : os.totalmem();
}
