import { percent } from './detect-policies.ts';
import { type Facts, short } from './facts.ts';
import { severityOf } from './findings.ts';
import type { PlanModes, Ratio, WhyFinding } from './model.ts';
import { quotePart } from './quote.ts';

/** Statements for which one plan for all parameters is a good deal worse than a plan for each, or better. */
export function planFindings(facts: readonly Facts[], role: string): readonly WhyFinding[] {
  return facts.flatMap((each) => {
    if (each.plans === null) return [];
    const { ratio, low, high } = each.plans;
    if (low > 1 && ratio >= 1.2) return [genericWorse(each, each.plans, role)];
    return high < 1 && ratio <= 0.8 ? [planningCosts(each, each.plans, role)] : [];
  });
}

function genericWorse(facts: Facts, plans: PlanModes, role: string): WhyFinding {
  const { statement } = facts;
  const { genericScans, customScans } = plans;
  const pruned =
    genericScans > customScans
      ? `: it reads ${genericScans} tables and partitions instead of ${customScans}`
      : '';
  return finding(facts, plans, {
    kind: 'generic-plan',
    says: `${statement.name} with one plan for all parameters takes ${short(plans.ratio)} times as long as planned for each${pruned}`,
    fix: `ALTER ROLE ${quotePart(role)} SET plan_cache_mode = force_custom_plan;`,
    caution: 'holds for all statements of the role; one statement alone: leave it unprepared',
    speedup: speedupOf(plans),
  });
}

function planningCosts(facts: Facts, plans: PlanModes, role: string): WhyFinding {
  const { statement } = facts;
  const { ratio, low, high, aMs, bMs, customPlanMs } = plans;
  return finding(facts, plans, {
    kind: 'planning',
    says: `${statement.name} is planned for ${short(customPlanMs)} ms and executed for ${short(Math.max(0, bMs - customPlanMs))} ms: planned once for all, it takes ${percent(ratio)} of that`,
    fix: `send it as a prepared statement; where the server goes on planning: ALTER ROLE ${quotePart(role)} SET plan_cache_mode = force_generic_plan;`,
    caution: 'not where another statement of the role is slower with one plan for all',
    speedup: { ...speedupOf(plans), ratio: 1 / ratio, low: 1 / high, high: 1 / low, aMs: bMs, bMs: aMs },
  });
}

function finding(
  { statement, share }: Facts,
  { aMs, bMs, genericPlanMs, customPlanMs, genericScans, customScans }: PlanModes,
  { speedup, ...words }: Pick<WhyFinding, 'kind' | 'says' | 'fix' | 'caution'> & { readonly speedup: Ratio },
): WhyFinding {
  const saves = share * (1 - 1 / speedup.ratio);
  return {
    ...words,
    severity: severityOf(saves),
    share: saves,
    statement: statement.name,
    table: null,
    evidence: { genericMs: aMs, customMs: bMs, genericPlanMs, customPlanMs, genericScans, customScans },
    effect: [{ statement: statement.name, speedup, saves }],
    untried: null,
  };
}

function speedupOf({ ratio, low, high, pairs, confidence, aMs, bMs }: PlanModes): Ratio {
  return { ratio, low, high, pairs, confidence, aMs, bMs };
}
