import type { RunMeans } from '../checks/check.ts';
import { checkOf } from '../checks/index.ts';
import type { On } from '../cluster/binaries.ts';
import type { Capability } from '../cluster/capability.ts';
import { type AnyCluster, type ClusterOptions, startCluster } from '../cluster/cluster.ts';
import { isReached, reachCluster } from '../cluster/url/reach.ts';
import type { Claim } from '../design/design.ts';
import type { LoadedDesign } from '../design/load.ts';
import {
  createRun,
  type DerivedFile,
  type Evidence,
  exitCodeOf,
  type Plan,
  type RunWriter,
} from '../evidence/index.ts';
import { standingOf } from '../evidence/standing.ts';
import type { Verdict } from '../evidence/verdict.ts';
import { KeptBench } from '../load/drive/kept-bench.ts';
import { k6IsAtHand } from '../load/k6/at-hand.ts';
import type { Figure, SeriesJudgement } from '../load/series/index.ts';
import { withBench } from './bench.ts';
import type { OnRunEvent } from './events.ts';
import { exitCodeOfError } from './failure.ts';
import { keepLogs } from './keep-logs.ts';
import { raiseCluster } from './own-cluster.ts';
import { type Proof, prove, unproved } from './prove.ts';
import { database, type Stage, type StageOptions, setStage } from './stage.ts';
import { takeStage } from './taken-stage.ts';
import { addToSeries } from './to-series.ts';
import { type Bench, LeftBroken, type Memory } from './trial.ts';
import { wishedTopology } from './wished-topology.ts';
import { shareOut } from './workers.ts';

/** A server of the user's, and whether the database of its address may be written to. */
export interface OwnServer {
  readonly url: string;
  readonly writes: boolean;
}

export interface RunOptions {
  readonly loaded: LoadedDesign;
  /** Written before anything starts. */
  readonly plan: Plan;
  readonly on: On | OwnServer;
  /** `reports/runs` of the project. */
  readonly root: string;
  readonly reports: readonly DerivedFile<Evidence>[];
  /** Folder of the series that figures of load are added to; without it they are not kept. */
  readonly series?: string;
  /** How much of their usual time the checks of load may take. Default 1. */
  readonly pace?: number;
  readonly signal: AbortSignal;
  readonly onEvent: OnRunEvent;
}

export interface FinishedScenario {
  readonly folder: string;
  readonly exitCode: number;
  readonly evidence: Evidence;
  /** The run's figures against those of the runs before; absent where no check had any. */
  readonly series?: SeriesJudgement;
}

type Tally = Record<Verdict | 'waived' | 'outside', number>;

/**
 * Executes a plan: cluster up, migrate, fill, checks, evidence, verdicts, reports. The cluster is gone when it returns.
 * Throws what went wrong when the run could not be carried through; what was found until then is kept, with an `end`
 * record that says so, and the run is not complete.
 */
export async function executePlan(options: RunOptions): Promise<FinishedScenario> {
  const { plan, signal, onEvent } = options;
  const writer = await createRun(options.root, plan);
  const selected = plan.claims.filter((claim) => claim.selected).length;
  onEvent({ type: 'planned', run: plan.run, folder: writer.folder, claims: selected });
  const counts = { proved: 0, refuted: 0, unproved: 0, waived: 0, outside: 0 };
  const figures = new Map<string, Figure>();
  try {
    await onCluster(options, writer, counts, figures);
  } catch (error) {
    const failure: unknown = signal.aborted ? signal.reason : error;
    const reason = failure instanceof Error ? failure.message : String(failure);
    await end(options, writer, { complete: false, reason, exitCode: exitCodeOfError(failure) });
    throw failure;
  }
  const finished = await end(options, writer, { complete: true, exitCode: exitCodeOf(counts, true) });
  const series =
    options.series === undefined ? undefined : await addToSeries(options.series, finished.evidence, figures);
  return { ...finished, ...(series === undefined ? {} : { series }) };
}

async function onCluster(
  options: RunOptions,
  writer: RunWriter,
  counts: Tally,
  figures: Map<string, Figure>,
): Promise<void> {
  const { loaded, plan, signal, onEvent } = options;
  onEvent({ type: 'phase', name: 'cluster', detail: plan.on });
  const cluster = await clusterFor(options);
  const loadBench = new KeptBench();
  try {
    onEvent({
      type: 'phase',
      name: 'cluster',
      detail: `${cluster.facts.server.split(' on ')[0]}: ${cluster.facts.why}`,
    });
    const stageOptions: StageOptions = {
      seed: plan.seed,
      scale: plan.scale,
      now: new Date(plan.startedAt),
      signal,
      onEvent,
    };
    const stage = isReached(cluster)
      ? await takeStage(cluster, loaded.design, stageOptions)
      : await setStage(cluster, loaded.design, stageOptions);
    await describeStage(cluster, stage, writer);
    await proveAll(cluster, stage, options, counts, { writer, figures, loadBench });
  } finally {
    try {
      await loadBench.discard();
      if (!signal.aborted) await keepLogs(cluster, writer);
    } finally {
      await cluster.close();
    }
  }
}

/** One that is started as the chosen claims need it, or the user's. */
function clusterFor(options: RunOptions): Promise<AnyCluster> {
  const { loaded, on, signal, onEvent } = options;
  const { design } = loaded;
  if (typeof on === 'object') return reachCluster({ ...on, design: design.postgres, signal });
  const wish = wishedTopology(design, chosenClaims(options));
  const start: ClusterOptions = {
    on,
    settings: design.postgres.settings,
    // Replicas and archives of a server that does not flush say nothing.
    throwaway: wish === undefined,
    ...(wish === undefined ? {} : { topology: { wish, database } }),
    onProgress: (detail) => onEvent({ type: 'phase', name: 'cluster', detail }),
    signal,
  };
  return startCluster(start);
}

async function describeStage(cluster: AnyCluster, stage: Stage, writer: RunWriter): Promise<void> {
  await writer.append({
    type: 'environment',
    ...cluster.facts,
    notes: [...cluster.facts.notes, ...(stage.notes ?? [])],
    database: stage.database,
    catalog: stage.digest,
  });
  await writer.append({
    type: 'population',
    tables: { ...stage.rows },
    actors: Object.fromEntries(stage.actors.map((actor) => [actor.name, actor.says])),
  });
}

/** The records of a claim are written together, so that a report reads in order. */
async function proveAll(
  cluster: AnyCluster,
  stage: Stage,
  options: RunOptions,
  counts: Tally,
  kept: Kept,
): Promise<void> {
  const { plan, signal, onEvent } = options;
  const claims = chosenClaims(options);
  const whole = (claim: Claim) => {
    const isolation = claim.check === undefined ? undefined : checkOf(claim.check.kind)?.isolation;
    return isolation === 'cluster' || isolation === 'own';
  };
  // The databases are copies of one another: what the rules say of one they say of all.
  const memory: Memory = new Map();
  /** What the first one said whose trial left the whole cluster as nobody knows. */
  let broken: string | undefined;
  const one = async (claim: Claim, database: string) => {
    onEvent({ type: 'claim-started', claim: claim.id });
    const started = performance.now();
    const proof: RunProof =
      broken === undefined
        ? await proveOn(cluster, database, stage, options, claim, memory, kept)
        : unproved(claim, `an earlier check left the cluster broken: ${broken}`);
    if (proof.broken !== undefined) broken = `${claim.id}: ${proof.broken}`;
    for (const entry of proof.entries) await kept.writer.append(entry);
    const last = proof.entries.at(-1);
    const reason = last?.type === 'verdict' ? last.reason : undefined;
    const planned = plan.claims.find(({ id }) => id === claim.id);
    counts[
      planned === undefined
        ? proof.verdict
        : standingOf(planned, proof.verdict, reason, plan.startedAt).standing
    ]++;
    onEvent({
      type: 'claim-ended',
      claim: claim.id,
      verdict: proof.verdict,
      ...(reason === undefined ? {} : { reason }),
      milliseconds: performance.now() - started,
    });
  };
  const others = claims.filter((claim) => !whole(claim));
  await shareOut(cluster, stage, others, signal, one);
  // Whoever has the whole cluster has it alone.
  for (const claim of claims.filter(whole)) {
    signal.throwIfAborted();
    await one(claim, stage.database);
  }
}

function chosenClaims({ loaded, plan }: RunOptions): readonly Claim[] {
  const chosen = new Set(plan.claims.filter((claim) => claim.selected).map((claim) => claim.id));
  return loaded.design.claims.filter((claim) => chosen.has(claim.id));
}

/**
 * One claim on a connection of its own: on one that has served an actor before, no setting is ever quite unset again, and
 * what happens to a request without one could not be seen.
 */
async function proveOn(
  cluster: AnyCluster,
  database: string,
  stage: Stage,
  options: RunOptions,
  claim: Claim,
  memory: Memory,
  kept: Kept,
): Promise<RunProof> {
  const { loaded, signal } = options;
  const run = meansOf(stage, options, claim, kept);
  const able = new Set([
    ...cluster.capabilities,
    ...(k6IsAtHand() ? (['k6'] as const) : []),
    ...(typeof options.on === 'object' ? [] : (['own-clusters'] as const)),
  ]);
  const place = { cluster, database, stage, design: loaded.design, signal };
  return withBench({ ...place, ...(run === undefined ? {} : { run }) }, (bench) =>
    proveOrSay({ ...bench, ...raising(options) }, claim, able, memory),
  );
}

/** How a trial gets a cluster of its own: on the same machine, with the same data. */
function raising({ on, loaded, plan, signal }: RunOptions): Pick<Bench, 'raise'> {
  if (typeof on === 'object') return {};
  const { seed, scale, startedAt } = plan;
  const { design } = loaded;
  const stage = { seed, scale, now: new Date(startedAt), signal, onEvent: () => {} };
  return {
    raise: async (wish) => {
      const topology = { wish, database };
      return (await raiseCluster({ on, topology, throwaway: false, design, ...stage })).cluster;
    },
  };
}

/** Where a check leaves what it is not asked for at once, and what the next one finds. */
interface Kept {
  readonly writer: RunWriter;
  readonly figures: Map<string, Figure>;
  readonly loadBench: KeptBench;
}

function meansOf(
  { database, filled }: Stage,
  { pace = 1, signal, onEvent }: RunOptions,
  claim: Claim,
  { writer, figures, loadBench }: Kept,
): RunMeans | undefined {
  if (filled === undefined) return undefined;
  return {
    database,
    filled,
    pace,
    loadBench,
    signal,
    figure: (name, figure) => void figures.set(name, figure),
    attach: (file, content) => writer.attach(file, content),
    attachment: (file) => writer.attachment(file),
    progress: (says) => onEvent({ type: 'claim-progress', claim: claim.id, says }),
  };
}

interface RunProof extends Proof {
  /** Why nothing can be said of the cluster after it. */
  readonly broken?: string;
}

/** A check that fails by itself leaves its claim unproved and the others alone; a server that is gone ends the run. */
async function proveOrSay(
  bench: Bench,
  claim: Claim,
  able: ReadonlySet<Capability>,
  memory: Memory,
): Promise<RunProof> {
  try {
    return await prove(bench, claim, able, memory);
  } catch (error) {
    const alive = await bench.client.query('SELECT 1').then(
      () => true,
      () => false,
    );
    if (!alive) throw error;
    const { message } = error as Error;
    const proof = unproved(claim, `the check itself failed: ${message}`);
    return error instanceof LeftBroken ? { ...proof, broken: message } : proof;
  }
}

/** Writes the last record, the reports and the manifest. A run that failed has them too, and says that it is not complete. */
async function end(
  options: RunOptions,
  writer: RunWriter,
  ending: { readonly complete: boolean; readonly reason?: string; readonly exitCode: number },
): Promise<FinishedScenario> {
  try {
    await writer.append({ type: 'end', ...ending });
    const { evidence, folder } = await writer.close(options.reports);
    return { folder, exitCode: ending.exitCode, evidence };
  } finally {
    await writer.abandon();
  }
}
