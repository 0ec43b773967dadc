import { checkOf } from '../checks/index.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Catch, Claim, Defect } from '../design/design.ts';
import type { Breach } from '../evidence/model.ts';
import { withBench } from './bench.ts';
import { defectFault } from './defect-fault.ts';
import { type OwnClusterOptions, onOwnCluster } from './own-cluster.ts';
import type { Stage } from './stage.ts';
import { type Bench, type Memory, runTrial, type TrialResult } from './trial.ts';
import { shareOut } from './workers.ts';

export interface DefectOptions extends OwnClusterOptions {
  /** Only defects with these ids; all when absent. */
  readonly only?: ReadonlySet<string>;
}

/** What became of one claim that a defect must break. */
export interface CatchResult extends Catch {
  /** The claim was refuted, and a breach names what it must. */
  readonly caught: boolean;
  /** The breach that gave it away, or why the claim did not. */
  readonly message: string;
}

export interface DefectResult {
  readonly id: string;
  readonly says: string;
  readonly outcome: 'caught' | 'survived' | 'not-assessable';
  readonly catches: readonly CatchResult[];
  /** Why it is not assessable. */
  readonly reason?: string;
  readonly milliseconds: number;
}

export interface DefectReport {
  readonly design: string;
  readonly defects: readonly DefectResult[];
  /** Claims that do not hold on the repaired design, with why: a defect that they "catch" is not caught. */
  readonly unsound: readonly { readonly claim: string; readonly why: string }[];
}

/**
 * Puts each known defect back into the repaired design, one at a time, and runs the claims that must notice it. A defect is
 * caught when every one of its claims, which held without it, is refuted and a breach names the object that is broken.
 * Throws what a run would: a cluster that does not start, a design that is wrong, an interruption.
 */
export function executeDefects(options: DefectOptions): Promise<DefectReport> {
  const { design, signal, onEvent } = options;
  const defects = (design.defects ?? []).filter(({ id }) => options.only?.has(id) ?? true);
  return onOwnCluster(options, async (cluster, stage) => {
    const unsound = await unsoundClaims(cluster, stage, options, defects);
    const results = new Map<string, DefectResult>();
    await shareOut(cluster, stage, defects, signal, async (defect, database) => {
      onEvent({ type: 'phase', name: `defect ${defect.id}`, detail: defect.says });
      const place = { cluster, database, stage, design, signal };
      const result = await withBench(place, (bench) => tryDefect(bench, defect, unsound));
      results.set(defect.id, result);
    });
    return {
      design: design.name,
      defects: defects.flatMap(({ id }) => results.get(id) ?? []),
      unsound: [...unsound].map(([claim, why]) => ({ claim, why })),
    };
  });
}

/** Claims that catch something, as far as they do not hold on the design as it is. */
async function unsoundClaims(
  cluster: Cluster,
  stage: Stage,
  { design, signal, onEvent }: DefectOptions,
  defects: readonly Defect[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(defects.flatMap(({ catches = [] }) => catches.map(({ claim }) => claim)))];
  onEvent({ type: 'phase', name: 'repaired', detail: `${ids.length} claims` });
  const unsound = new Map<string, string>();
  const memory: Memory = new Map();
  await shareOut(cluster, stage, ids, signal, async (id, database) => {
    const claim = design.claims.find((each) => each.id === id);
    const result =
      claim === undefined
        ? `the design has no claim ${id}`
        : await withBench({ cluster, database, stage, design, signal }, (bench) =>
            tried(() => runClaim(bench, claim, memory)),
          );
    const why = typeof result === 'string' ? result : whyNotHeld(result);
    if (why !== undefined) unsound.set(id, why);
  });
  return unsound;
}

async function tryDefect(
  bench: Bench,
  defect: Defect,
  unsound: ReadonlyMap<string, string>,
): Promise<DefectResult> {
  const started = performance.now();
  const head = { id: defect.id, says: defect.says };
  if (defect.catches === undefined) {
    const reason = defect.notAssessable ?? '';
    return { ...head, outcome: 'not-assessable', catches: [], reason, milliseconds: 0 };
  }
  const catches: CatchResult[] = [];
  for (const each of defect.catches) catches.push(await tryCatch(bench, defect, each, unsound));
  const outcome = catches.every(({ caught }) => caught) ? 'caught' : 'survived';
  return { ...head, outcome, catches, milliseconds: performance.now() - started };
}

async function tryCatch(
  bench: Bench,
  defect: Defect,
  expected: Catch,
  unsound: ReadonlyMap<string, string>,
): Promise<CatchResult> {
  const claim = bench.design.claims.find(({ id }) => id === expected.claim);
  const why = unsound.get(expected.claim);
  if (claim === undefined || why !== undefined) {
    return { ...expected, caught: false, message: `does not hold without the defect: ${why}` };
  }
  let first: Breach | undefined;
  // All breaches only when the first does not name the object: looking for all of them takes longer.
  for (const allBreaches of [false, true]) {
    const result = await tried(() => runClaim(bench, claim, new Map(), { defect, allBreaches }));
    if (typeof result === 'string') return { ...expected, caught: false, message: result };
    const telling = result.breaches.find((breach) => names(breach, expected.names));
    if (telling !== undefined) return { ...expected, caught: true, message: messageOf(telling) };
    first = result.breaches[0];
    if (first === undefined) break;
  }
  const message =
    first === undefined
      ? 'the claim still holds'
      : `refuted, but no breach names ${expected.names}: ${messageOf(first)}`;
  return { ...expected, caught: false, message };
}

function runClaim(
  bench: Bench,
  claim: Claim,
  memory: Memory,
  broken?: { readonly defect: Defect; readonly allBreaches: boolean },
): Promise<TrialResult> {
  const check = claim.check === undefined ? undefined : checkOf(claim.check.kind);
  if (claim.check === undefined || check === undefined) throw new Error(`claim ${claim.id} has no check`);
  return runTrial(bench, check, claim.check, {
    memory,
    ...(broken === undefined
      ? {}
      : { fault: defectFault(broken.defect), freshCatalog: true, allBreaches: broken.allBreaches }),
  });
}

/** What a trial gave, or why there was none: SQL of a defect that fails, a check that stumbles over it. */
async function tried(run: () => Promise<TrialResult>): Promise<TrialResult | string> {
  try {
    return await run();
  } catch (error) {
    return `the check could not be run: ${(error as Error).message}`;
  }
}

function whyNotHeld(result: TrialResult): string | undefined {
  if (result.outcome === 'held') return undefined;
  return result.breaches[0]?.says ?? `not exercised: ${result.unexercised.join('; ')}`;
}

function names(breach: Breach, object: string): boolean {
  return breach.object.includes(object) || breach.says.includes(object);
}

function messageOf(breach: Breach): string {
  return `${breach.says} (${breach.object})`;
}
