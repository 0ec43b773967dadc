import type { Facts } from './facts.ts';
import type { AsActor, StatementReport } from './model.ts';

/**
 * Each statement's share of the time of everything: as pg_stat_statements has it where it saw a load, else by its calls in the mix times
 * the time of one.
 */
export function withShares(measured: readonly Omit<Facts, 'share'>[]): readonly Facts[] {
  if (measured.some(({ load }) => load !== null)) {
    return measured.map((each) => ({ ...each, share: each.load?.share ?? 0 }));
  }
  const cost = ({ calls, ms }: Omit<Facts, 'share'>) => calls * (ms ?? 0);
  const total = measured.reduce((sum, each) => sum + cost(each), 0);
  return measured.map((each) => ({ ...each, share: total > 0 ? cost(each) / total : 0 }));
}

export function reportOf(facts: Facts, actors: readonly AsActor[]): StatementReport {
  const { statement, counted, free } = facts;
  return {
    name: statement.name,
    kind: statement.kind,
    sql: statement.sql,
    share: facts.share,
    shareFrom: facts.load === null ? 'plays' : 'pg_stat_statements',
    load: facts.load,
    ms: facts.ms,
    planningMs: facts.planningMs,
    rows: facts.rows,
    tables: [...facts.tables],
    writes: [...(counted?.written ?? [])],
    rls: facts.rls,
    audit: facts.audit,
    plans: facts.plans,
    pooler: facts.pooler,
    functions: [...(counted?.functions ?? [])]
      .sort((one, other) => other.selfMs - one.selfMs)
      .map((each) => ({ ...each, byPolicies: byPolicies(each, free) })),
    triggers: [...(counted?.triggers ?? [])],
    actors: [...actors],
    plan: facts.planText,
    notes: [...facts.notes],
  };
}

function byPolicies(
  { name, calls }: { readonly name: string; readonly calls: number },
  free: Facts['free'],
): number | null {
  if (free === undefined) return null;
  return Math.max(0, calls - (free.functions.find((each) => each.name === name)?.calls ?? 0));
}
