import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';

/**
 * What is known of the machine and of the account. Everything else takes a `Machine`, so that a test can
 * hand in another one, and does not ask the process; container/client.ts alone does too, since Testcontainers is told by its environment.
 */
export interface Machine {
  /** Tells this machine, account and view of the file system apart from all others that may use the same Docker daemon. */
  readonly identity: string;
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
    identity: identity(),
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

/** Of machines that were cloned, or share a host name, none takes the others' folders for its own that are gone. */
function identity(): string {
  const parts = [os.hostname(), String(process.geteuid?.() ?? -1)];
  for (const read of [
    () => readFileSync('/etc/machine-id', 'utf8'),
    () => readlinkSync('/proc/self/ns/mnt'),
  ]) {
    try {
      parts.push(read());
    } catch {
      // Not on this system.
    }
  }
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 24);
}

/** cgroup v1 says "no limit" with a number larger than any machine. */
function memory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < os.totalmem() ? limit : os.totalmem();
}
