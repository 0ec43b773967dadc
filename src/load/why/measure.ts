import type { Catalog } from '../../catalog/catalog.ts';
import type { Actor } from '../../design/design.ts';
import { compare } from './compare.ts';
import { type Counted, count } from './costs.ts';
import type { Facts } from './facts.ts';
import { tableOf } from './index-candidates.ts';
import type { AsActor, StatementDelta, Tax } from './model.ts';
import { type Explained, nodesOf, planLine, resultRows } from './plan.ts';
import { planModes } from './plan-modes.ts';
import type { Played, Probe } from './probe.ts';
import { ProbeError, type Rig, type Way } from './rig.ts';
import { type AuditTrigger, withoutAudit } from './taxes.ts';

export interface MeasureOptions {
  readonly rig: Rig;
  readonly catalog: Catalog;
  readonly pairs: number;
  readonly signal: AbortSignal;
  readonly withoutRowSecurity: Way;
  readonly audit: readonly AuditTrigger[];
  /** Of the load, by `Query Identifier`. */
  readonly load: ReadonlyMap<string, StatementDelta>;
}

/** Everything about one statement but its share; what the server refuses is a note. */
export async function measure(
  played: Played,
  options: MeasureOptions,
): Promise<Omit<Facts, 'share' | 'pooler'>> {
  const { rig, catalog, withoutRowSecurity, load } = options;
  const { statement } = played;
  const [probe] = played.probes;
  if (probe === undefined) return { ...nothing(played), notes: ['no transaction of the mix calls it'] };
  if (statement.kind === 'write' && !rig.writes) {
    const explained = await planned(rig, probe);
    if (explained instanceof ProbeError) return refused(played, explained);
    return {
      ...nothing(played),
      load: await loadOf(rig, probe, load),
      planningMs: explained.planningMs,
      planText: planLine(explained.root),
      tables: tablesOf(catalog, explained),
      notes: ['it writes, and there is no leave to: planned, not executed'],
    };
  }
  try {
    const run = await rig.run(probe, {});
    const counted = await count(rig, catalog, probe, {});
    // A function that only requests may call, a view of another's: then there is no price of row security, and that is no failure.
    const free = await attempt(() => count(rig, catalog, probe, withoutRowSecurity));
    const notes: string[] = free instanceof ProbeError ? [`without row security: ${free.message}`] : [];
    const { explained } = run;
    const pairsOf = { pairs: options.pairs, signal: options.signal };
    const rls = free instanceof ProbeError ? null : await rlsTax(played, counted, options);
    const audit = await auditTax(played, counted, options);
    const plans = await attempt(() =>
      planModes(rig, played.probes, { ...pairsOf, pairs: Math.min(5, options.pairs) }),
    );
    if (plans instanceof ProbeError) notes.push(`prepared: ${plans.message}`);
    return {
      ...played,
      load: await loadOf(rig, probe, load),
      ms: rls?.aMs ?? run.executionMs,
      planningMs: run.planningMs,
      rows: resultRows(run.explained.root),
      planText: planLine(explained.root),
      counted,
      free: free instanceof ProbeError ? undefined : free,
      rls,
      audit,
      plans: plans instanceof ProbeError ? null : plans,
      tables: tablesOf(catalog, explained),
      notes,
    };
  } catch (error) {
    if (error instanceof ProbeError) return refused(played, error);
    throw error;
  }
}

/** Row security's price; null where none of the tables has it. */
async function rlsTax(played: Played, counted: Counted, options: MeasureOptions): Promise<Tax | null> {
  const { rig, catalog, pairs, signal, withoutRowSecurity } = options;
  const touched = new Set([...tablesOf(catalog, counted.explained), ...counted.written]);
  if (!catalog.relations.some(({ identity, rowSecurity }) => rowSecurity && touched.has(identity)))
    return null;
  return (await compare(rig, played.probes, {}, withoutRowSecurity, { pairs, signal })).ratio;
}

/** The audit's price; null where no audit trigger fired. */
async function auditTax(played: Played, counted: Counted, options: MeasureOptions): Promise<Tax | null> {
  const { rig, audit, pairs, signal } = options;
  const fired = audit.filter(({ table, name }) =>
    counted.triggers.some((each) => each.table === table && each.name === name && each.calls > 0),
  );
  if (fired.length === 0) return null;
  return (await compare(rig, played.probes, {}, withoutAudit(fired), { pairs, signal })).ratio;
}

/** How a statement fares as each actor of the design, with the parameters that the workload has for another. */
export async function asActors(
  { probes, statement }: Played,
  actors: readonly Actor[],
  settingsOf: (actor: Actor) => Readonly<Record<string, string>>,
  { rig, signal, withoutRowSecurity }: Pick<MeasureOptions, 'rig' | 'signal' | 'withoutRowSecurity'>,
): Promise<readonly AsActor[]> {
  const [probe] = probes;
  if (probe === undefined || (statement.kind === 'write' && !rig.writes)) return [];
  // What another actor's transaction wrote before may be refused to this one, which says nothing of the statement.
  const alone: Probe = { ...probe, before: [] };
  const found: AsActor[] = [];
  for (const actor of actors) {
    signal.throwIfAborted();
    const settings = settingsOf(actor);
    const run = await attempt(() => rig.run(alone, { settings }, { runs: 1 }));
    if (run instanceof ProbeError) {
      const { sqlstate } = run.server;
      found.push({ actor: actor.name, outcome: sqlstate === '42501' ? 'refused' : 'failed', sqlstate });
      continue;
    }
    const free = await attempt(() => rig.run(alone, { ...withoutRowSecurity, settings }, { runs: 1 }));
    const without = free instanceof ProbeError ? 0 : free.executionMs;
    found.push({
      actor: actor.name,
      outcome: 'done',
      ms: run.executionMs,
      rows: resultRows(run.explained.root),
      ...(without > 0 && run.executionMs > 0 ? { tax: run.executionMs / without } : {}),
    });
  }
  return found;
}

function tablesOf(catalog: MeasureOptions['catalog'], { root }: Explained): readonly string[] {
  return [...new Set(nodesOf(root).flatMap((node) => tableOf(catalog, node) ?? []))].sort();
}

async function loadOf(rig: Rig, probe: Probe, load: MeasureOptions['load']): Promise<StatementDelta | null> {
  if (load.size === 0) return null;
  const id = await attempt(() => rig.queryId(probe));
  return typeof id === 'string' ? (load.get(id) ?? null) : null;
}

function nothing(played: Played): Omit<Facts, 'share' | 'pooler'> {
  return {
    ...played,
    load: null,
    ms: null,
    planningMs: null,
    rows: null,
    planText: null,
    counted: undefined,
    free: undefined,
    rls: null,
    audit: null,
    plans: null,
    tables: [],
    notes: [],
  };
}

function refused(played: Played, { server }: ProbeError): Omit<Facts, 'share' | 'pooler'> {
  return { ...nothing(played), notes: [`the server refused it: ${server.message} (${server.sqlstate})`] };
}

async function planned(rig: Rig, probe: Probe): Promise<Explained | ProbeError> {
  return attempt(() => rig.planned(probe));
}

async function attempt<T>(work: () => Promise<T>): Promise<T | ProbeError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProbeError) return error;
    throw error;
  }
}
