import { readFileSync } from 'node:fs';

/** Of a second; the kernel shows processor time in these, whatever it counts in itself (proc(5), USER_HZ). */
const ticksPerSecond = 100;

/** Processor seconds since the boot, of some cores together. */
export interface CoreTimes {
  readonly cores: number;
  readonly busy: number;
  readonly idle: number;
  readonly ioWait: number;
  readonly steal: number;
}

/** Processor seconds of one process, and of its children that have ended. */
export interface ProcessTimes {
  readonly own: number;
  readonly ended: number;
}

/** The cores that this process may use. Undefined where /proc is not. */
export function coreTimes(): CoreTimes | undefined {
  const status = text('/proc/self/status');
  const stat = text('/proc/stat');
  if (status === undefined || stat === undefined) return undefined;
  const allowed = cpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '');
  return coreTimesOf(stat, allowed);
}

/** @param stat text of /proc/stat. Guest time is in `user` already. */
export function coreTimesOf(stat: string, allowed: ReadonlySet<number>): CoreTimes {
  const total = { cores: 0, busy: 0, idle: 0, ioWait: 0, steal: 0 };
  for (const [, core, values = ''] of stat.matchAll(/^cpu(\d+) (.*)$/gm)) {
    if (!allowed.has(Number(core))) continue;
    const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0] = values
      .split(' ')
      .map((ticks) => Number(ticks) / ticksPerSecond);
    total.cores++;
    total.busy += user + nice + system + irq + soft;
    total.idle += idle;
    total.ioWait += wait;
    total.steal += steal;
  }
  return total;
}

/** `0-3,8` */
export function cpuList(list: string): ReadonlySet<number> {
  const cores = list.split(',').flatMap((range) => {
    const [from = Number.NaN, to = from] = range.split('-').map((text) => Number.parseInt(text, 10));
    return Number.isInteger(from) ? Array.from({ length: to - from + 1 }, (_, n) => from + n) : [];
  });
  return new Set(cores);
}

/** Undefined when it is gone, or not to be seen from here. */
export function processTimes(pid: number): ProcessTimes | undefined {
  const stat = text(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : processTimesOf(stat);
}

/** @param stat text of /proc/<pid>/stat. The name in field 2 may hold blanks and brackets: fields count from its last bracket. */
export function processTimesOf(stat: string): ProcessTimes {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const seconds = (field: number) => Number(fields[field - 3] ?? 0) / ticksPerSecond;
  return { own: seconds(14) + seconds(15), ended: seconds(16) + seconds(17) };
}

/** A process and all that descend from it, but for those that `not` names and theirs. */
export function tree(root: number, not: ReadonlySet<number>): readonly number[] {
  const found: number[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    found.push(pid);
    // The list is of one thread. Programs that fork do it from their first.
    const children = text(`/proc/${pid}/task/${pid}/children`)?.trim() ?? '';
    if (children !== '')
      open.push(
        ...children
          .split(' ')
          .map(Number)
          .filter((child) => !not.has(child)),
      );
  }
  return found;
}

/** Bytes that a process, and its children that have ended, had the disk read and write. Undefined without permission. */
export function processIo(pid: number): { readonly read: number; readonly written: number } | undefined {
  const io = text(`/proc/${pid}/io`);
  if (io === undefined) return undefined;
  const of = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(io)?.[1] ?? 0);
  return { read: of('read_bytes'), written: of('write_bytes') };
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
