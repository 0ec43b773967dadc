import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ClusterError } from '../../cluster/error.ts';
import { processTable } from '../../cluster/process-table.ts';
import { cpuList, processTimes } from '../usage/proc.ts';

const run = promisify(execFile);
const table = processTable('linux');

/** Processors by number, as the kernel counts them. */
export type Processors = readonly number[];

/** Processors that a process may use: proc(5), Cpus_allowed_list. Undefined when the process is gone. */
export async function allowedProcessors(pid: number | 'self'): Promise<Processors | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
  const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(status ?? '') ?? [];
  return list === undefined ? undefined : [...cpuList(list)];
}

/**
 * Holds a process, its threads and all its descendants to some processors, and looks whether the kernel did it; what they start later is held
 * too. Throws ClusterError where taskset is missing, or the process is another's.
 */
export async function pinTree(root: number, processors: Processors): Promise<void> {
  const list = processors.join(',');
  // What is started between a look and its pin comes of a parent that is pinned or found by the next look.
  const done = new Set<number>();
  for (;;) {
    const open = [root, ...table.descendants(root)].filter((pid) => !done.has(pid));
    if (open.length === 0) return;
    for (const pid of open) {
      await pin(pid, list, processors);
      done.add(pid);
    }
  }
}

async function pin(pid: number, list: string, processors: Processors): Promise<void> {
  const failed = await run('taskset', ['-a', '-p', '-c', list, String(pid)]).then(
    () => undefined,
    (error: NodeJS.ErrnoException & { stderr?: string }) => error,
  );
  const allowed = await allowedProcessors(pid);
  // It ended meanwhile.
  if (allowed === undefined) return;
  if (failed === undefined && String(allowed) === String([...processors].sort((a, b) => a - b))) return;
  const [what, hint] =
    failed?.code === 'ENOENT'
      ? ['taskset is not here', 'install util-linux']
      : [
          `process ${pid} cannot be held to the processors ${list}: ${failed?.stderr?.trim() ?? `it has ${allowed.join(',')}`}`,
          'run as the account of the server or as root, with these processors allowed',
        ];
  throw new ClusterError('not-able', what, hint, { cause: failed });
}

/**
 * Processor seconds that a process, its descendants and those of them that ended have used, user and system. A backend that ends is counted on with its
 * parent, so that two calls can be subtracted.
 */
export function processorSeconds(root: number): number {
  const times = [root, ...table.descendants(root)].map(processTimes);
  return times.reduce((sum, each) => sum + (each === undefined ? 0 : each.own + each.ended), 0);
}
