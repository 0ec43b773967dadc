import { sendSignal } from './machine.ts';
import type { ProcessTable } from './process-table.ts';
import { until } from './until.ts';

/*
 * Each backend of PostgreSQL makes itself the leader of a session of its own (setsid in InitPostmasterChild), so the
 * process group of the postmaster holds the postmaster alone. Whoever wants the whole server must walk the tree.
 */

/** Stops a process and all its descendants; returns them, root first. Nothing can fork away: parents stop first. */
export function freezeTree(table: ProcessTable, root: number): readonly number[] {
  const stopped = new Set<number>();
  for (let found: readonly number[] = [root]; found.length > 0; ) {
    for (const pid of found) {
      sendSignal(pid, 'SIGSTOP');
      stopped.add(pid);
    }
    found = table.descendants(root).filter((pid) => !stopped.has(pid));
  }
  return [...stopped];
}

export function thawTree(table: ProcessTable, root: number): void {
  for (const pid of [...table.descendants(root), root]) sendSignal(pid, 'SIGCONT');
}

/** Kills a process and all its descendants at one instant, as a power cut would. Returns whom it killed. */
export function killTree(table: ProcessTable, root: number): readonly number[] {
  const all = freezeTree(table, root);
  for (const pid of all) sendSignal(pid, 'SIGKILL');
  return all;
}

/** Waits until none of the processes is there any more; false when some outlived the limit. */
export async function gone(table: ProcessTable, pids: readonly number[], limitMs: number): Promise<boolean> {
  const starts = pids.map((pid) => [pid, table.startOf(pid)] as const);
  return until(
    () => starts.every(([pid, start]) => start === undefined || table.startOf(pid) !== start),
    limitMs,
  );
}
