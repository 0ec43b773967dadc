import type { MachineSample, UsageSample } from './model.ts';
import { type CoreTimes, coreTimes, processIo, processTimes, tree } from './proc.ts';
import type { Watched } from './watch.ts';

type Seen = Pick<UsageSample, 'processor' | 'machine' | 'disk'>;

interface Reading {
  readonly cores: CoreTimes;
  readonly processor: Partial<Record<Watched, number>>;
  readonly disk: { readonly read: number; readonly written: number } | undefined;
}

/** Processor and disk of process trees and of the machine, between two looks into /proc. */
export class Processes {
  readonly #roots: () => ReadonlyMap<Watched, readonly number[]>;
  readonly #blind: Set<string>;
  #before: Reading | undefined;

  constructor(
    roots: () => ReadonlyMap<Watched, readonly number[]>,
    blind: Set<string>,
    platform: NodeJS.Platform,
  ) {
    this.#roots = roots;
    this.#blind = blind;
    if (platform === 'linux') this.#before = this.#read();
    else blind.add(`processor time: ${platform} has no /proc`);
  }

  /** What was used since the last look. Nothing where it cannot be seen. */
  look(): Seen {
    const before = this.#before;
    if (before === undefined) return {};
    const now = this.#read();
    if (now === undefined) return {};
    this.#before = now;
    const processor: Partial<Record<Watched | 'other', number>> = {};
    for (const [component, used] of Object.entries(now.processor) as [Watched, number][]) {
      // One that was not there at the last look began at nothing.
      processor[component] = Math.max(0, used - (before.processor[component] ?? 0));
    }
    const machine = difference(now.cores, before.cores);
    const known = Object.values(processor).reduce((sum, used) => sum + used, 0);
    processor.other = Math.max(0, machine.busy - known);
    return {
      processor,
      machine,
      ...(now.disk === undefined || before.disk === undefined
        ? {}
        : {
            disk: {
              readBytes: Math.max(0, now.disk.read - before.disk.read),
              writtenBytes: Math.max(0, now.disk.written - before.disk.written),
            },
          }),
    };
  }

  #read(): Reading | undefined {
    const cores = coreTimes();
    if (cores === undefined) {
      this.#blind.add('processor time: /proc cannot be read');
      return undefined;
    }
    const roots = this.#roots();
    const all = new Set([...roots.values()].flat());
    const processor: Partial<Record<Watched, number>> = {};
    let disk: Reading['disk'];
    for (const [component, pids] of roots) {
      const seen = pids.filter((pid) => processTimes(pid) !== undefined);
      if (seen.length < pids.length && seen.length === 0) {
        this.#blind.add(`processor time of the ${component}: its process is not to be seen from here`);
        continue;
      }
      const members = seen.flatMap((pid) => tree(pid, all));
      processor[component] = members.reduce((sum, pid) => sum + timeOf(pid, component), 0);
      if (component === 'server') disk = this.#disk(members);
    }
    return { cores, processor, disk };
  }

  #disk(members: readonly number[]): Reading['disk'] {
    const each = members.flatMap((pid) => processIo(pid) ?? []);
    if (each.length === 0) {
      this.#blind.add('disk of the server: /proc/<pid>/io may not be read by this account');
      return undefined;
    }
    return {
      read: each.reduce((sum, { read }) => sum + read, 0),
      written: each.reduce((sum, { written }) => sum + written, 0),
    };
  }
}

/** A child that has ended counts with its parent; but this program is the parent of all the others, and they count apart. */
function timeOf(pid: number, component: Watched): number {
  const times = processTimes(pid);
  if (times === undefined) return 0;
  return times.own + (component === 'pgattest' ? 0 : times.ended);
}

function difference(now: CoreTimes, before: CoreTimes): MachineSample {
  const of = (name: 'busy' | 'idle' | 'ioWait' | 'steal') => Math.max(0, now[name] - before[name]);
  return { cores: now.cores, busy: of('busy'), idle: of('idle'), ioWait: of('ioWait'), steal: of('steal') };
}
