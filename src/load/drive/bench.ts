import path from 'node:path';
import type { Cluster } from '../../cluster/cluster.ts';
import type { World } from '../../data/cell.ts';
import { openPools } from '../../data/pools.ts';
import { packageRoot } from '../../design/load.ts';
import type { ValidDesign } from '../../design/validate.ts';
import { writeCalibrationDeck } from '../deck/calibration-deck.ts';
import type { DeckOptions } from '../deck/make-deck.ts';
import { type WrittenDeck, writeDeck } from '../deck/write-deck.ts';
import { buildK6 } from '../k6/build.ts';
import type { K6Binary } from '../k6/model.ts';
import type { Measured } from '../recording/measured.ts';
import { sampleUsage, type Usage, usageOf } from '../usage/index.ts';
import { type Generated, measureGenerated, runGenerators } from './generators.ts';
import { type LoadLogin, makeLogin } from './login.ts';
import type { LoadPlan, LoadTarget } from './plan.ts';
import { shortcut } from './shortcut.ts';
import { poolerTarget, serverTarget } from './target.ts';
import { Workshop } from './workshop.ts';

export interface BenchOptions {
  readonly cluster: Cluster;
  readonly design: ValidDesign;
  /** The design's database on the servers. */
  readonly database: string;
  /** What its data was made of. */
  readonly filled: Omit<World, 'pools'>;
  readonly signal: AbortSignal;
  readonly progress: (says: string) => void;
}

export interface DriveOptions {
  /** A script of load/, by name. Default `mix`. */
  readonly script?: string;
  readonly deck: string;
  readonly target: LoadTarget;
  readonly reader?: LoadTarget;
  readonly clients: number;
  /** Transactions a second; without it each client begins the next when the last is done. */
  readonly rate?: number;
  readonly seconds: number;
  /** Seconds at the beginning that are not counted. */
  readonly warmUp: number;
  readonly plan?: Pick<LoadPlan, 'tenant' | 'share' | 'storm'>;
  /** Generators side by side, each with its part of clients and rate. Default 1. */
  readonly segments?: number;
  /** Holds the generator to processors, as `taskset -c` takes them: `1,2`. */
  readonly processors?: string;
  readonly says: string;
}

/** What one run of the generator gave. */
export interface Driven extends Generated {
  /** All generators together. */
  readonly measured: Measured;
  readonly usage: Usage;
}

/** A transaction is given up after it, and its connection with it. */
const deadlineMs = 30_000;

/**
 * All that drives load at a cluster: k6, decks, a login, ways in. `close` ends what runs, removes every file, and has the pooler as it
 * was. Throws ConfigError without a workload, ClusterError where k6 cannot be built.
 */
export class LoadBench {
  readonly #options: BenchOptions;
  readonly #workshop: Workshop;
  readonly #world: World;
  readonly #login: LoadLogin;
  readonly #k6: K6Binary;
  readonly #restore: () => Promise<void>;
  #runs = 0;

  private constructor(
    options: BenchOptions,
    workshop: Workshop,
    world: World,
    login: LoadLogin,
    k6: K6Binary,
    restore: () => Promise<void>,
  ) {
    this.#options = options;
    this.#workshop = workshop;
    this.#world = world;
    this.#login = login;
    this.#k6 = k6;
    this.#restore = restore;
  }

  static async open(options: BenchOptions): Promise<LoadBench> {
    const { cluster, design, filled, signal, progress } = options;
    const k6 = await buildK6({
      signal,
      onBuild: (go) => progress(`building k6 with ${go}: some minutes the first time`),
    });
    const workshop = new Workshop();
    try {
      const world = { ...filled, pools: await openPools(filled.seed) };
      const login = await makeLogin(cluster, design.request.role, workshop.folder);
      const restore = await shortcut(cluster);
      return new LoadBench(options, workshop, world, login, k6, restore);
    } catch (error) {
      await workshop.close();
      throw error;
    }
  }

  /** k6 and its version. */
  get generator(): string {
    return `k6 ${this.#k6.version}`;
  }

  /** Transactions of a mix, drawn. */
  async deck(
    mix: string,
    transactions: number,
    altered: Pick<DeckOptions, 'more' | 'change'> = {},
  ): Promise<WrittenDeck> {
    const file = path.join(this.#workshop.folder, `deck-${++this.#runs}.jsonl`);
    return writeDeck(file, this.#options.design, {
      world: this.#world,
      mix,
      transactions,
      ...altered,
    });
  }

  /** A deck that asks for nothing, as deep as another; see writeCalibrationDeck. */
  calibrationDeck(statement: 'no-op' | 'select-one', calls: number): Promise<string> {
    const file = path.join(this.#workshop.folder, `deck-${++this.#runs}.jsonl`);
    return writeCalibrationDeck(file, statement, calls);
  }

  /** Through the pooler to the primary, or, without one, to the primary itself. */
  async entry(): Promise<LoadTarget> {
    const { cluster } = this.#options;
    const pooler = cluster.topology?.pooler;
    return pooler === undefined ? this.primary() : poolerTarget(cluster, pooler, this.#login);
  }

  primary(): Promise<LoadTarget> {
    const { cluster, database } = this.#options;
    return serverTarget(cluster, cluster.primary, database, this.#login);
  }

  async replicas(): Promise<readonly LoadTarget[]> {
    const { cluster, database } = this.#options;
    const replicas = cluster.topology?.replicas ?? [];
    return Promise.all(
      replicas.map(({ server, name }) => serverTarget(cluster, server, database, this.#login, name)),
    );
  }

  /** Runs a script of load/ and watches who uses what meanwhile. Throws the signal's reason when it is aborted. */
  async drive(options: DriveOptions): Promise<Driven> {
    const { script = 'mix', deck, target, reader, clients, rate, seconds, warmUp, says } = options;
    const { segments = 1, processors } = options;
    const { signal, progress } = this.#options;
    signal.throwIfAborted();
    progress(says);
    const run = ++this.#runs;
    const sampler = await sampleUsage(usageOf(this.#options.cluster));
    const forget: (() => void)[] = [];
    try {
      const generated = await runGenerators({
        binary: this.#k6.path,
        script: path.join(packageRoot, 'load', `${script}.ts`),
        plan: {
          deck,
          target,
          ...(reader === undefined ? {} : { reader }),
          clients,
          ...(rate === undefined ? {} : { rate }),
          seconds,
          deadlineMs,
          ...options.plan,
        },
        segments,
        password: this.#login.password,
        folder: this.#workshop.folder,
        run,
        ...(processors === undefined ? {} : { processors }),
        signal,
        onStart: (pid) => {
          forget.push(this.#workshop.adopt('k6', pid));
          sampler.watch('generator', pid);
        },
        onProgress: (fraction) => progress(`${says}: ${Math.round(fraction * 100)} %`),
      });
      const usage = await sampler.stop();
      signal.throwIfAborted();
      // Several begin when all are ready, which their recordings count.
      const clock = segments === 1 ? seconds : undefined;
      return { ...generated, measured: await measureGenerated(generated, warmUp, clock), usage };
    } finally {
      for (const each of forget) each();
      await sampler.stop();
    }
  }

  async close(): Promise<void> {
    try {
      await this.#restore();
    } finally {
      await this.#workshop.close();
    }
  }
}
