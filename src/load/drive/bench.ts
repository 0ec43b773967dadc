import path from 'node:path';
import type { Cluster } from '../../cluster/cluster.ts';
import type { World } from '../../data/cell.ts';
import { openPools } from '../../data/pools.ts';
import { packageRoot } from '../../design/load.ts';
import type { ValidDesign } from '../../design/validate.ts';
import type { WrittenDeck } from '../deck/write-deck.ts';
import { buildK6 } from '../k6/build.ts';
import type { K6Binary } from '../k6/model.ts';
import type { Measured } from '../recording/measured.ts';
import { sampleUsage, type Usage, usageOf } from '../usage/index.ts';
import { type Altered, Decks } from './decks.ts';
import { endLeft } from './end-left.ts';
import { type Generated, measureGenerated, runGenerators } from './generators.ts';
import { type LoadLogin, makeLogin } from './login.ts';
import type { LoadPlan, LoadTarget } from './plan.ts';
import { shortcut } from './shortcut.ts';
import { poolerTarget, serverTarget } from './target.ts';
import { Warmth } from './warmth.ts';
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

const warmUpSeconds = 2;

/** What a bench has opened, and what it has learnt. */
interface Equipment {
  readonly workshop: Workshop;
  readonly decks: Decks;
  readonly login: LoadLogin;
  readonly k6: K6Binary;
  /** Absent without a pooler: the generator's own connections are new each time. */
  readonly warmth?: Warmth;
  readonly restore: () => Promise<void>;
  /** Of the generator, for the names of its files. */
  runs: number;
}

/**
 * All that drives load at a cluster: k6, decks, a login, ways in. `close` ends what runs, removes every file, and has the pooler as it
 * was. Throws ConfigError without a workload, ClusterError where k6 cannot be built.
 */
export class LoadBench {
  readonly #options: BenchOptions;
  readonly #equipment: Equipment;

  private constructor(options: BenchOptions, equipment: Equipment) {
    this.#options = options;
    this.#equipment = equipment;
  }

  static async open(options: BenchOptions): Promise<LoadBench> {
    const { cluster, design, filled, signal, progress } = options;
    const k6 = await buildK6({
      signal,
      onBuild: (go) => progress(`building k6 with ${go}: some minutes the first time`),
    });
    const workshop = new Workshop();
    try {
      const decks = new Decks(workshop.folder, { ...filled, pools: await openPools(filled.seed) });
      const login = await makeLogin(cluster, design.request.role, workshop.folder);
      const pooler = cluster.topology?.pooler;
      const warmth = pooler === undefined ? {} : { warmth: new Warmth(pooler, login.user) };
      const restore = await shortcut(cluster);
      return new LoadBench(options, { workshop, decks, login, k6, ...warmth, restore, runs: 0 });
    } catch (error) {
      await workshop.close();
      throw error;
    }
  }

  /** The same one for another who drives with it, and a design that a fault may have altered. */
  for(other: Pick<BenchOptions, 'design' | 'progress'>): LoadBench {
    return new LoadBench({ ...this.#options, ...other }, this.#equipment);
  }

  /** k6 and its version. */
  get generator(): string {
    return `k6 ${this.#equipment.k6.version}`;
  }

  /** Transactions of a mix, drawn. */
  deck(mix: string, transactions: number, altered?: Altered): Promise<WrittenDeck> {
    return this.#equipment.decks.draw(this.#options.design, mix, transactions, altered);
  }

  /** A deck that asks for nothing, as deep as another; see writeCalibrationDeck. */
  calibrationDeck(statement: 'no-op' | 'select-one', calls: number): Promise<string> {
    return this.#equipment.decks.calibration(statement, calls);
  }

  /** Through the pooler to the primary, or, without one, to the primary itself. */
  async entry(): Promise<LoadTarget> {
    const { cluster } = this.#options;
    const pooler = cluster.topology?.pooler;
    return pooler === undefined ? this.primary() : poolerTarget(cluster, pooler, this.#equipment.login);
  }

  primary(): Promise<LoadTarget> {
    const { cluster, database } = this.#options;
    return serverTarget(cluster, cluster.primary, database, this.#equipment.login);
  }

  async replicas(): Promise<readonly LoadTarget[]> {
    const { cluster, database } = this.#options;
    const replicas = cluster.topology?.replicas ?? [];
    return Promise.all(
      replicas.map(({ server, name }) =>
        serverTarget(cluster, server, database, this.#equipment.login, name),
      ),
    );
  }

  /** Runs a script of load/ and watches who uses what meanwhile. Throws the signal's reason when it is aborted. */
  async drive(options: DriveOptions): Promise<Driven> {
    const { script = 'mix', deck, target, reader, clients, rate, seconds, warmUp, says } = options;
    const { segments = 1, processors } = options;
    const { signal, progress } = this.#options;
    const { workshop, k6, login, warmth } = this.#equipment;
    signal.throwIfAborted();
    progress(says);
    const run = ++this.#equipment.runs;
    const sampler = await sampleUsage(usageOf(this.#options.cluster));
    const forget: (() => void)[] = [];
    try {
      const generated = await runGenerators({
        binary: k6.path,
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
        password: login.password,
        folder: workshop.folder,
        run,
        ...(processors === undefined ? {} : { processors }),
        signal,
        onStart: (pid) => {
          forget.push(workshop.adopt('k6', pid));
          sampler.watch('generator', pid);
        },
        onProgress: (fraction) => progress(`${says}: ${Math.round(fraction * 100)} %`),
      });
      const usage = await sampler.stop();
      signal.throwIfAborted();
      await endLeft(this.#options.cluster.primary, login.user);
      // By the clock no client need ever have had a connection that another has left.
      if (target.name === 'pooler' && rate === undefined) await warmth?.played(deck, clients);
      // Several begin when all are ready, which their recordings count.
      const clock = segments === 1 ? seconds : undefined;
      return { ...generated, measured: await measureGenerated(generated, warmUp, clock), usage };
    } finally {
      for (const each of forget) each();
      await sampler.stop();
    }
  }

  /**
   * Before a run by the clock: plays a deck for two seconds as fast as the clients go, unless the pooler's connections have served it. The first
   * transactions of a new one read the catalogue, and what is due meanwhile would be dropped.
   */
  async warmUp(options: Pick<DriveOptions, 'deck' | 'target' | 'clients' | 'says'>): Promise<void> {
    const { deck, target, clients } = options;
    if (target.name === 'pooler' && (await this.#equipment.warmth?.covers(deck, clients))) return;
    await this.drive({ ...options, seconds: warmUpSeconds, warmUp: 0 });
  }

  async close(): Promise<void> {
    try {
      await this.#equipment.restore();
    } finally {
      await this.discard();
    }
  }

  /** As `close`, where the pooler goes anyway. */
  discard(): Promise<void> {
    return this.#equipment.workshop.close();
  }
}
