import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { On } from '../../src/cluster/binaries.ts';
import { startCluster } from '../../src/cluster/cluster.ts';
import { thisMachine } from '../../src/cluster/machine.ts';
import { wish } from './layout.ts';
import { watchLogs } from './phases.ts';
import { useOnce } from './use-once.ts';

export interface Start {
  readonly upMs: number;
  readonly phases: Readonly<Record<string, number>>;
  /** From the first commit until replicas, reader entry and archive have shown it. */
  readonly useMs: number;
  readonly downMs: number;
}

/** Starts everything, uses it, ends it, and makes sure that nothing is left. */
export async function startOnce(on: On): Promise<Start> {
  // Below /tmp and short: the servers' account must reach it, and paths of sockets have a limit.
  const tmp = mkdtempSync('/tmp/pgb-');
  chmodSync(tmp, 0o755);
  const machine = { ...thisMachine(), tmp };
  const stop = new AbortController();
  const watching = watchLogs(() => hostFolder(tmp, machine.uid), stop.signal);
  try {
    const began = performance.now();
    const cluster = await startCluster({
      on,
      settings: {},
      throwaway: false,
      topology: { wish, database: 'bench' },
      machine,
    });
    const up = performance.now();
    stop.abort();
    const phases = between(began, await watching, up);
    let used: number;
    try {
      used = await useOnce(cluster);
    } finally {
      await cluster.close();
    }
    const downMs = performance.now() - up - used;
    const left = readdirSync(path.join(tmp, `pgattest-${machine.uid}`));
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
    return { upMs: up - began, phases, useMs: used, downMs };
  } finally {
    stop.abort();
    rmSync(tmp, { recursive: true, force: true });
  }
}

function hostFolder(tmp: string, uid: number): string | undefined {
  const base = path.join(tmp, `pgattest-${uid}`);
  try {
    const run = readdirSync(base)[0];
    return run === undefined ? undefined : path.join(base, run, 'h');
  } catch {
    return undefined;
  }
}

/** From one server's beginning to the next one's. */
function between(began: number, seen: ReadonlyMap<string, number>, up: number): Record<string, number> {
  const at = (name: RegExp) => [...seen].find(([server]) => name.test(server))?.[1] ?? up;
  const [primary, first, second, pooler] = [
    at(/^primary$/),
    at(/^replica_1$/),
    at(/^replica_2$/),
    at(/^(?:pooler|pgbouncer)$/),
  ];
  return {
    'certificates and initdb': primary - began,
    'primary and first copy': first - primary,
    'first replica and second copy': second - first,
    'second replica': pooler - second,
    pooler: up - pooler,
  };
}
