import { readFileSync } from 'node:fs';
import type { On } from '../cluster/binaries.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ClusterError } from '../cluster/error.ts';
import { ConfigError } from '../design/config-error.ts';
import type { LoadedDesign } from '../design/load.ts';
import type { ValidDesign } from '../design/validate.ts';
import {
  type Capacity,
  capacityOf,
  type Grid,
  k6Drive,
  measureCapacity,
  type Point,
  type Projection,
  project,
  type Rates,
} from '../load/capacity/index.ts';
import { workloadOf } from '../load/deck/make-deck.ts';
import { usualLength } from '../load/deck/model.ts';
import type { WrittenDeck } from '../load/deck/write-deck.ts';
import type { LoadBench } from '../load/drive/bench.ts';
import { sayWay } from '../load/drive/plan.ts';
import type { OnRunEvent } from './events.ts';
import { withLoadBench } from './load-bench.ts';
import { designedTopology, loadTopology } from './wished-topology.ts';

export interface MeasureCapacityOptions {
  readonly loaded: LoadedDesign;
  readonly on: On;
  readonly seed: number;
  readonly scale: number;
  /** The claim's mix first; another tells costs of reads and writes apart. */
  readonly mixes: readonly string[];
  readonly cores: readonly number[];
  readonly clients: readonly number[];
  /** Of each trial that are counted. */
  readonly seconds: number;
  readonly repeats: number;
  /** What to project for; what is not given is of the design's targets. */
  readonly reads?: number;
  readonly writes?: number;
  readonly signal: AbortSignal;
  readonly onEvent: OnRunEvent;
  readonly onPoint: (point: Point, done: number, of: number) => void;
}

export interface MeasuredCapacity {
  readonly design: string;
  /** k6 and its version, the way in, the server's version. */
  readonly generator: string;
  readonly entry: string;
  readonly points: readonly Point[];
  readonly capacity: Capacity;
  readonly projection: Projection;
}

const warmUp = 1;

/**
 * Starts a cluster, drives the design's own workload at it with so many clients on so many cores, and projects what the rates need. Throws
 * ConfigError for a design without workload or rates, ClusterError for a trial that was none and for processes that cannot be held.
 */
export async function measureDesignCapacity(options: MeasureCapacityOptions): Promise<MeasuredCapacity> {
  const { loaded, on, seed, scale, signal, onEvent } = options;
  const { design } = loaded;
  const rates = ratesOf(design, options);
  mustHaveMixes(design, options.mixes);
  const wish = loadTopology(designedTopology(design));
  return withLoadBench({ design, on, wish, seed, scale, signal, onEvent }, (bench, cluster) =>
    measured(bench, cluster, options, rates),
  );
}

async function measured(
  bench: LoadBench,
  cluster: Cluster,
  { loaded, mixes, cores, clients, seconds, repeats, seed, signal, onPoint }: MeasureCapacityOptions,
  rates: Rates,
): Promise<MeasuredCapacity> {
  const decks = new Map<string, WrittenDeck>();
  for (const mix of mixes) decks.set(mix, await bench.deck(mix, usualLength));
  const target = await bench.entry();
  const grid: Grid = { cores, clients, mixes, seconds, repeats, seed };
  const points = await measureCapacity(k6Drive({ bench, target, decks, warmUp }), grid, {
    processes: processesOf(cluster),
    onPoint,
    signal,
  });
  const [claimed] = decks.values();
  const mix = claimed === undefined ? 0 : claimed.reads / (claimed.reads + claimed.writes);
  const capacity = capacityOf(points, { mix });
  return {
    design: loaded.design.name,
    generator: bench.generator,
    entry: sayWay(target),
    points,
    capacity,
    projection: project(capacity, rates),
  };
}

/** The topmost processes. Containers' are those of this machine too, unless Docker has a machine of its own. */
function processesOf({ primary, topology }: Cluster) {
  const pooler = topology?.pooler;
  mustRun(primary.service.pid, 'postgres');
  if (pooler === undefined) return { server: [primary.service.pid] };
  mustRun(pooler.service.pid, 'pgbouncer');
  return { server: [primary.service.pid], pooler: [pooler.service.pid] };
}

/** A process of another machine has a number that may be a stranger's here. */
function mustRun(pid: number, name: string): void {
  let runs: string | undefined;
  try {
    runs = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {}
  if (runs === name) return;
  throw new ClusterError(
    'not-able',
    `the process of ${name} is not to be seen from here, so that it can neither be held to processors nor measured`,
    'run pgattest on the Linux machine where it runs, such as with --on local',
  );
}

function mustHaveMixes(design: ValidDesign, mixes: readonly string[]): void {
  const known = Object.keys(workloadOf(design).mixes);
  const unknown = mixes.find((mix) => !known.includes(mix));
  if (unknown === undefined) return;
  throw new ConfigError(design.file, `workload.mixes: no ${unknown}`, `use one of ${known.join(', ')}`);
}

function ratesOf(design: ValidDesign, { reads, writes }: MeasureCapacityOptions): Rates {
  const { readsPerSecond, writesPerSecond } = design.targets;
  const rates = { reads: reads ?? readsPerSecond ?? 0, writes: writes ?? writesPerSecond ?? 0 };
  if (rates.reads + rates.writes > 0) return rates;
  throw new ConfigError(design.file, 'targets: no rates', 'declare them, or give --reads and --writes');
}
