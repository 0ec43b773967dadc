import type { Query } from '../catalog/index.ts';
import { checkOf } from '../checks/index.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Claim } from '../design/design.ts';
import { globOf } from '../design/glob.ts';
import { withBench } from '../scenarios/bench.ts';
import { type OwnClusterOptions, onOwnCluster } from '../scenarios/own-cluster.ts';
import { ownDatabase } from '../scenarios/own-database.ts';
import type { Stage } from '../scenarios/stage.ts';
import { type Bench, type Memory, runTrial, type TrialResult } from '../scenarios/trial.ts';
import { shareOut } from '../scenarios/workers.ts';
import { askedFor, claimsFor, claimsInScope } from './claims.ts';
import { type Mutants, makeMutants } from './make-mutants.ts';
import type { Mutant } from './mutant.ts';
import type { Reach } from './replay/reach.ts';
import { Tape } from './replay/tape.ts';
import { canBeTaped, recording } from './replay/taped-check.ts';
import type { MutantResult, MutationReport } from './report.ts';
import { countOf, declare, groupsOf } from './score.ts';
import { readSource } from './source.ts';
import { Telling } from './telling.ts';
import { type Baseline, tryMutant, type WithBench } from './try-mutant.ts';

export interface MutationOptions extends OwnClusterOptions {
  /** Only mutants whose id fits; `*` stands for anything. */
  readonly only?: string;
  /** Every n-th of them. */
  readonly every?: number;
  /** After each mutant. */
  readonly onMutant?: (result: MutantResult, done: number, of: number) => void;
}

/** Mutants that share a connection, since a new one has to read the catalogue first, and what is learnt from one another. */
const batchSize = 32;

/**
 * Makes every mutant of a design and runs, for each, the claims that it can touch, in a transaction that is rolled back, until
 * one is refuted. Throws what a run would: a cluster that does not start, a design that is wrong, an interruption.
 */
export function executeMutation(options: MutationOptions): Promise<MutationReport> {
  return onOwnCluster(options, (cluster, stage) => mutate(cluster, stage, options));
}

/** Mutation on a stage that is set. */
export async function mutate(
  cluster: Cluster,
  stage: Stage,
  options: MutationOptions,
): Promise<MutationReport> {
  const { design, only, every = 1, signal, onEvent } = options;
  const made = await onCopy(cluster, stage, (query) => readSource(query, design, stage.catalog)).then(
    makeMutants,
  );
  const wanted = only === undefined ? undefined : globOf(only);
  const mutants = made.mutants
    .filter(({ id }) => wanted?.test(id) ?? true)
    .filter((_, index) => index % every === 0);
  const claims = claimsInScope(design);
  const asked = mutants.map((mutant) => claimsFor(mutant, claims, made.dependencies));
  const needed = new Set(asked.flat());
  onEvent({ type: 'phase', name: 'baseline', detail: `${needed.size} claims` });
  const { baseline, unsound } = await baselineOf(cluster, stage, options, [...needed], made.reach);
  const started = performance.now();
  onEvent({ type: 'phase', name: 'mutants', detail: `${mutants.length}` });
  const results = await tryAll(cluster, stage, options, mutants, made, claims, baseline);
  const declared = declare(results, design.equivalentMutants ?? [], only === undefined && every === 1);
  signal.throwIfAborted();
  return {
    schema: 'pgattest.mutation/1',
    design: design.name,
    seed: options.seed,
    scale: options.scale,
    catalog: stage.digest,
    total: countOf(declared.mutants),
    groups: groupsOf(declared.mutants),
    unsound,
    misdeclared: declared.misdeclared,
    mutants: declared.mutants,
    milliseconds: performance.now() - started,
  };
}

async function onCopy<T>(cluster: Cluster, stage: Stage, work: (query: Query) => Promise<T>): Promise<T> {
  const copy = await ownDatabase(cluster.primary, stage.database);
  try {
    const client = await copy.connect();
    return await work(async (sql, values = []) => (await client.query(sql, [...values])).rows);
  } finally {
    await copy.drop();
  }
}

/** Which claims hold as it is, and what the rules say of the data, which is remembered for all mutants. */
async function baselineOf(
  cluster: Cluster,
  stage: Stage,
  { design, signal, onEvent }: MutationOptions,
  claims: readonly Claim[],
  reach: Reach,
): Promise<{ readonly baseline: Baseline; readonly unsound: MutationReport['unsound'] }> {
  const memory: Memory = new Map();
  const tape = new Tape();
  const sound = new Map<string, readonly string[]>();
  const unsound: MutationReport['unsound'] = [];
  await shareOut(cluster, stage, claims, signal, async (claim, database) => {
    onEvent({ type: 'claim-started', claim: claim.id });
    const started = performance.now();
    const result = await withBench({ cluster, database, stage, design, signal }, (bench) =>
      held(bench, claim, memory, tape, reach),
    );
    if (typeof result === 'string') unsound.push({ claim: claim.id, why: result });
    else sound.set(claim.id, result.unexercised);
    onEvent({
      type: 'claim-ended',
      claim: claim.id,
      verdict: typeof result === 'string' ? 'refuted' : 'proved',
      milliseconds: performance.now() - started,
    });
  });
  unsound.sort((a, b) => (a.claim < b.claim ? -1 : 1));
  return { baseline: { memory, sound, answers: new Map(), tape, reach }, unsound };
}

async function held(
  bench: Bench,
  claim: Claim,
  memory: Memory,
  tape: Tape,
  reach: Reach,
): Promise<TrialResult | string> {
  const check = claim.check === undefined ? undefined : checkOf(claim.check.kind);
  if (claim.check === undefined || check === undefined) throw new Error(`claim ${claim.id} has no check`);
  try {
    const taped = canBeTaped(check) ? recording(check, claim.id, bench.client, tape, reach) : check;
    const result = await runTrial(bench, taped, claim.check, { memory });
    return result.outcome === 'broken' ? (result.breaches[0]?.says ?? 'refuted') : result;
  } catch (error) {
    return `the check could not be run: ${(error as Error).message}`;
  }
}

async function tryAll(
  cluster: Cluster,
  stage: Stage,
  { design, signal, onMutant }: MutationOptions,
  mutants: readonly Mutant[],
  { dependencies }: Mutants,
  claims: readonly Claim[],
  baseline: Baseline,
): Promise<readonly MutantResult[]> {
  const results = new Map<string, MutantResult>();
  const sound = claims.filter(({ id }) => baseline.sound.has(id));
  await shareOut(cluster, stage, batchesOf(mutants), signal, async (batch, database) => {
    const telling = new Telling();
    const another: WithBench = (work) => withBench({ cluster, database, stage, design, signal }, work);
    const tryBatch = async (each: WithBench) => {
      for (const mutant of batch.mutants) {
        signal.throwIfAborted();
        const asked = askedFor(mutant, sound, dependencies);
        const result = await tryMutant(each, mutant, asked, baseline, telling);
        results.set(mutant.id, result);
        onMutant?.(result, results.size, mutants.length);
      }
    };
    await (batch.alone ? tryBatch(another) : another((bench) => tryBatch((work) => work(bench))));
  });
  return mutants.flatMap(({ id }) => results.get(id) ?? []);
}

interface Batch {
  readonly mutants: readonly Mutant[];
  /** Each claim needs a connection of its own. */
  readonly alone: boolean;
}

/** Where a mutant changes how a setting is read, connections are not shared: one that was set is never quite unset again. */
function batchesOf(mutants: readonly Mutant[]): readonly Batch[] {
  const isAlone = ({ before }: Mutant) => before.includes('current_setting');
  return [true, false].flatMap((alone) => {
    const some = mutants.filter((mutant) => isAlone(mutant) === alone);
    const starts = Array.from({ length: Math.ceil(some.length / batchSize) }, (_, n) => n * batchSize);
    return starts.map((at) => ({ mutants: some.slice(at, at + batchSize), alone }));
  });
}
