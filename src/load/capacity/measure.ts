import { ClusterError } from '../../cluster/error.ts';
import { ConfigError } from '../../design/config-error.ts';
import type { Component, Point } from './model.ts';
import { allowedProcessors, type Processors, pinTree, processorSeconds } from './processors.ts';
import { randomOf, shuffled } from './random.ts';

/** One trial as the driver must run it. */
export interface Trial {
  /** One of the grid's; undefined when it names none. */
  readonly mix?: string;
  readonly cores: number;
  readonly clients: number;
  readonly seconds: number;
  /** Processors for the generator; the server is held to its own already. */
  readonly generatorOn: Processors;
  readonly signal?: AbortSignal;
}

/** What a generator did in a trial. */
export interface Driven {
  /** Statements answered without an error. */
  readonly reads: number;
  readonly writes: number;
  /** During which they were answered. */
  readonly seconds: number;
  /** Of the generator and what it started. */
  readonly processorSeconds: number;
  /** Cores in use, when the driver has watched them in those very seconds: else what was used from its start to its end is taken. */
  readonly busy?: Point['busy'];
}

/** A closed model's generator: runs `clients` at once, as fast as they are answered. Throws when the trial is no measurement. */
export type Drive = (trial: Trial) => Promise<Driven>;

export interface Grid {
  /** Processors of the server, ascending or not; at most those of the machine. */
  readonly cores: readonly number[];
  readonly clients: readonly number[];
  /** What is driven, when it is more than one thing: each at all cores and clients. */
  readonly mixes?: readonly string[];
  readonly seconds: number;
  readonly repeats?: number;
  /** Order of the trials: drawn, so that a machine that gets slower does not look like contention. */
  readonly seed?: number;
}

export interface MeasureOptions {
  /** The topmost process of each component: a postmaster, a pooler. */
  readonly processes: Readonly<{ server: readonly number[]; pooler?: readonly number[] }>;
  readonly onPoint?: (point: Point, done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs every trial of a grid, server and pooler held to so many processors, and says how much of them each used. Processes get back the
 * processors that they had. Linux alone: elsewhere nothing can be held, and ConfigError says so. Throws ClusterError for a process that is not to be
 * seen or not to be held.
 */
export async function measureCapacity(
  drive: Drive,
  grid: Grid,
  { processes, onPoint, signal }: MeasureOptions,
): Promise<readonly Point[]> {
  const machine = await allowedProcessors('self');
  if (machine === undefined) {
    throw new ConfigError('capacity', 'processors cannot be held here', 'measure on Linux');
  }
  const trials = trialsOf(grid, machine);
  const roots = [
    ...processes.server.map((pid) => ({ component: 'server' as const, pid })),
    ...(processes.pooler ?? []).map((pid) => ({ component: 'pooler' as const, pid })),
  ];
  const before = await Promise.all(
    roots.map(async ({ pid }) => ({ pid, had: await allowedProcessors(pid) })),
  );
  const hidden = before.find(({ had }) => had === undefined);
  if (hidden !== undefined) {
    const component = roots.find(({ pid }) => pid === hidden.pid)?.component;
    throw new ClusterError(
      'not-able',
      `the ${component}, process ${hidden.pid}, is not to be seen from here and cannot be held to processors`,
      'run pgattest where it runs',
    );
  }
  const points: Point[] = [];
  try {
    for (const { cores, clients, ...what } of trials) {
      signal?.throwIfAborted();
      const placed = placement(machine, cores);
      for (const { pid } of roots) await pinTree(pid, placed.server);
      const used = usage(roots);
      const driven = await drive({
        ...what,
        cores,
        clients,
        seconds: grid.seconds,
        generatorOn: placed.generator,
        ...(signal === undefined ? {} : { signal }),
      });
      const point = pointOf({ cores, clients, shared: placed.shared }, driven, used, usage(roots));
      points.push(point);
      onPoint?.(point, points.length, trials.length);
    }
  } finally {
    for (const { pid, had } of before) if (had !== undefined) await pinTree(pid, had);
  }
  return points;
}

/** The server gets the first `cores` processors, the generator the others, or all when there are no others. */
export function placement(
  machine: Processors,
  cores: number,
): { readonly server: Processors; readonly generator: Processors; readonly shared: boolean } {
  const [server, rest] = [machine.slice(0, cores), machine.slice(cores)];
  return rest.length > 0
    ? { server, generator: rest, shared: false }
    : { server, generator: machine, shared: true };
}

function trialsOf(grid: Grid, machine: Processors): readonly Pick<Trial, 'mix' | 'cores' | 'clients'>[] {
  const bad = (what: string, hint: string) => new ConfigError('capacity', what, hint);
  const whole = (value: number) => Number.isSafeInteger(value) && value > 0;
  if (grid.cores.length === 0 || !grid.cores.every(whole))
    throw bad('no numbers of cores', 'give whole numbers from 1');
  if (grid.clients.length === 0 || !grid.clients.every(whole)) {
    throw bad('no numbers of clients', 'give whole numbers from 1');
  }
  const most = Math.max(...grid.cores);
  if (most > machine.length) {
    throw bad(`${most} cores are asked for and ${machine.length} are here`, 'ask for fewer');
  }
  if (!(grid.seconds >= 1))
    throw bad(`trials of ${grid.seconds} s`, 'take at least 1 s: processor time is counted in 10 ms');
  const once = grid.cores.flatMap((cores) => grid.clients.map((clients) => ({ cores, clients })));
  const { mixes } = grid;
  const everything =
    mixes === undefined ? once : mixes.flatMap((mix) => once.map((each) => ({ mix, ...each })));
  const all = Array.from({ length: grid.repeats ?? 1 }, () => everything).flat();
  return shuffled(all, randomOf(grid.seed ?? 1));
}

type Used = Readonly<Partial<Record<Component, number>>>;

function usage(roots: readonly { component: Component; pid: number }[]): Used {
  const used: Partial<Record<Component, number>> = {};
  for (const { component, pid } of roots) {
    used[component] = (used[component] ?? 0) + processorSeconds(pid);
  }
  return used;
}

/** Processor time is divided by the statements it was spent on, so it may cover a little more than the seconds that were measured. */
function pointOf(
  where: Pick<Point, 'cores' | 'clients' | 'shared'>,
  { reads, writes, seconds, processorSeconds: generator, busy: watched }: Driven,
  before: Used,
  after: Used,
): Point {
  const statements = reads + writes;
  const busy: Partial<Record<Component, number>> = { generator: generator / seconds };
  for (const component of ['server', 'pooler'] as const) {
    const [from, to] = [before[component], after[component]];
    if (from !== undefined && to !== undefined) busy[component] = Math.max(0, to - from) / seconds;
  }
  Object.assign(busy, watched);
  return { ...where, throughput: statements / seconds, readShare: reads / statements, busy };
}
