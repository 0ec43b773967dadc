import { sendSignal } from './machine.ts';
import type { OwnedProcess } from './owner-record.ts';
import type { ProcessTable } from './process-table.ts';
import { gone, killTree, thawTree } from './process-tree.ts';
import { mappedSegments, removeSegments } from './shared-memory.ts';

/** How long servers get to end in order: an immediate shutdown of PostgreSQL takes some 20 ms. */
const graceMs = 2_000;
const killMs = 5_000;

export interface Estate {
  readonly folder: string;
  readonly processes: readonly OwnedProcess[];
  readonly segments: readonly string[];
}

/**
 * Ends all processes of a run: those on its list, and those that work in its folder although nobody wrote them down
 * (a crash may fall between a start and its entry). First in order, so that servers remove their shared memory, then
 * by force. A pid on the list counts only while its start time is the same. Returns the names of what it ended.
 */
export async function endProcesses(estate: Estate, table: ProcessTable): Promise<readonly string[]> {
  const listed = living(estate, table);
  const roots = new Set([...listed.map(({ pid }) => pid), ...table.inside(estate.folder)]);
  const names = [...roots].map(
    (pid) => `${listed.find((each) => each.pid === pid)?.name ?? 'process'} (${pid})`,
  );
  const segments = [...estate.segments, ...mappedSegments([...roots])];
  if (roots.size > 0) {
    const all = new Set([...roots].flatMap((pid) => [pid, ...table.descendants(pid)]));
    for (const pid of roots) thawTree(table, pid);
    for (const { pid, stop } of listed) sendSignal(pid, stop);
    if (listed.length === 0 || !(await gone(table, [...all], graceMs))) await killAll(estate, table);
  }
  removeSegments(segments);
  return names;
}

/** As `endProcesses`, at once and by force: for the exit of a process that cannot wait. */
export function endProcessesNow(estate: Estate, table: ProcessTable): void {
  const roots = new Set([...living(estate, table).map(({ pid }) => pid), ...table.inside(estate.folder)]);
  const segments = [...estate.segments, ...mappedSegments([...roots])];
  const killed = [...roots].flatMap((pid) => killTree(table, pid));
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < 200 && killed.some((pid) => table.startOf(pid) !== undefined); i++)
    Atomics.wait(clock, 0, 0, 5);
  removeSegments(segments);
}

async function killAll(estate: Estate, table: ProcessTable): Promise<void> {
  const roots = [...living(estate, table).map(({ pid }) => pid), ...table.inside(estate.folder)];
  await gone(
    table,
    roots.flatMap((pid) => killTree(table, pid)),
    killMs,
  );
}

function living(estate: Estate, table: ProcessTable): readonly OwnedProcess[] {
  return estate.processes.filter(({ pid, start }) => table.startOf(pid) === start);
}
