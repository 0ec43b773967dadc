import { type BoundaryResult, isDecided, makeBoundaryRows } from '../checks/access/conditions/boundary.ts';
import { type Entry, Ledger } from '../checks/access/conditions/ledger.ts';
import { measure } from '../checks/access/conditions/measure.ts';
import { livePolicies } from '../checks/access/conditions/parts.ts';
import {
  type Declaration,
  declaration,
  staleOf,
  type Undecided,
  undecidedOf,
} from '../checks/access/conditions/undecided.ts';
import { targetOf } from '../checks/access/target.ts';
import type { CheckContext } from '../checks/check.ts';
import { Session } from '../cluster/session.ts';
import type { ValidDesign } from '../design/validate.ts';
import { withBench } from './bench.ts';
import type { OnRunEvent } from './events.ts';
import { type OwnClusterOptions, onOwnCluster } from './own-cluster.ts';
import { type Bench, contextOf } from './trial.ts';

/** Which conditions of policies and rules the data puts to the test. */
export interface CoverageReport {
  readonly schema: 'pgattest.coverage/1';
  readonly design: string;
  readonly seed: number;
  readonly scale: number;
  readonly entries: readonly Entry[];
  readonly undecided: readonly Undecided[];
  /** Declarations of what is decided after all. */
  readonly stale: readonly Declaration[];
  /** What came of making rows for what is not decided; absent when none were asked for. */
  readonly boundary?: readonly BoundaryResult[];
  /** Of the rows made, those that still decide what they were made for once they are there without triggers. */
  readonly confirmed?: number;
  readonly milliseconds: number;
}

export interface CoverageOptions extends OwnClusterOptions {
  /** Only tables whose name matches. */
  readonly only?: RegExp;
  /** Makes rows for what no row decides. */
  readonly boundary: boolean;
}

/** Fills a design's database and counts what each condition decides. Nothing of it is kept. */
export function executeCoverage(options: CoverageOptions): Promise<CoverageReport> {
  const { design, signal } = options;
  return onOwnCluster(options, (cluster, stage) =>
    withBench({ cluster, database: stage.database, stage, design, signal }, (bench) =>
      coverageOn(bench, options),
    ),
  );
}

/** On a bench, in a transaction that is rolled back. */
export async function coverageOn(
  bench: Bench,
  { seed, scale, only, boundary, signal, onEvent }: Omit<CoverageOptions, 'design' | 'on'>,
): Promise<CoverageReport> {
  const started = performance.now();
  const { client, design } = bench;
  await client.query(
    'BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL jit = off; SET CONSTRAINTS ALL IMMEDIATE',
  );
  try {
    const context = contextOf(bench, new Session(client), new Map(), false);
    const targets = design.access
      .map(({ table }) => targetOf(context, table))
      .filter(({ relation }) => only?.test(relation.identity) ?? true);
    const policies = await livePolicies(context, targets);
    const ledger = new Ledger();
    for (const target of targets) {
      signal.throwIfAborted();
      onEvent({ type: 'phase', name: 'coverage', detail: target.relation.identity });
      await measure(context, target, policies, ledger);
    }
    const declared = declaredOf(design);
    const undecided = undecidedOf(ledger.entries, declared);
    const made = boundary ? await fillUp(context, undecided, options(signal, onEvent)) : {};
    return {
      schema: 'pgattest.coverage/1',
      design: design.name,
      seed,
      scale,
      entries: ledger.entries,
      undecided,
      stale: only === undefined ? staleOf(undecided, declared) : [],
      ...made,
      milliseconds: performance.now() - started,
    };
  } finally {
    // A connection that is gone has rolled back already; its error must not hide the first one.
    await client.query('ROLLBACK').catch(() => undefined);
  }
}

function options(signal: AbortSignal, onEvent: OnRunEvent): (result: BoundaryResult) => void {
  return ({ undecided: { entry }, row, reason }) => {
    signal.throwIfAborted();
    const what = row === null ? (reason ?? 'decided by a row made before') : `a row of ${row.table}`;
    onEvent({ type: 'phase', name: 'boundary', detail: `${entry.table}: ${what}` });
  };
}

/** What the design's claims declare as beyond any data. */
function declaredOf(design: ValidDesign): readonly Declaration[] {
  return design.claims.flatMap(({ check }) =>
    check?.kind === 'access.coverage' ? declaration.array().parse(check.declared ?? []) : [],
  );
}

/** Rows are found with triggers and foreign keys on, and then loaded as a fill loads them: only the rows themselves. */
async function fillUp(
  context: CheckContext,
  undecided: readonly Undecided[],
  onResult: (result: BoundaryResult) => void,
): Promise<Pick<CoverageReport, 'boundary' | 'confirmed'>> {
  const wanted = undecided.filter(({ declared }) => declared === undefined);
  let boundary: readonly BoundaryResult[] = [];
  await context.session.undone(async () => {
    boundary = await makeBoundaryRows(context, wanted, onResult);
  });
  await context.session.query('SET LOCAL session_replication_role = replica');
  for (const { row } of boundary) if (row !== null) await context.session.query(row.statement);
  await context.session.query('SET LOCAL session_replication_role = origin');
  let confirmed = 0;
  for (const { undecided: each, reason } of boundary) {
    if (reason === null && (await isDecided(context, each))) confirmed++;
  }
  return { boundary, confirmed };
}
