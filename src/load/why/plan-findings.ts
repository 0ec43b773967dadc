import { type Facts, short } from './facts.ts';
import { severityOf } from './findings.ts';
import type { PlanModes, Ratio, WhyFinding } from './model.ts';
import { quotePart } from './quote.ts';

/** Statements for which one plan for all parameters is a good deal worse than a plan for each; and those for which it is better. */
export function planFindings(
  facts: readonly Facts[],
  role: string,
  prepared: boolean,
): readonly WhyFinding[] {
  const measured = facts.flatMap((each) => (each.plans === null ? [] : [{ ...each, plans: each.plans }]));
  const worse = measured.filter(({ plans }) => plans.low > 1 && plans.ratio >= 1.2);
  const better = measured.filter(({ plans }) => plans.high < 1 && plans.ratio <= 0.8);
  return [
    ...worse.map((each) => genericWorse(each, role)),
    ...(better.length === 0 ? [] : [planningCosts(facts, better, role, prepared)]),
  ];
}

type WithPlans = Facts & { readonly plans: PlanModes };

function genericWorse({ statement, plans, share }: WithPlans, role: string): WhyFinding {
  const { aMs, bMs, genericPlanMs, customPlanMs, genericScans, customScans } = plans;
  const speedup = speedupOf(plans);
  const saves = share * (1 - 1 / speedup.ratio);
  const pruned =
    genericScans > customScans
      ? `: it reads ${genericScans} tables and partitions instead of ${customScans}`
      : '';
  return {
    kind: 'generic-plan',
    severity: severityOf(saves),
    share: saves,
    statement: statement.name,
    table: null,
    says: `${statement.name} with one plan for all parameters takes ${short(plans.ratio)} times as long as planned for each${pruned}`,
    evidence: { genericMs: aMs, customMs: bMs, genericPlanMs, customPlanMs, genericScans, customScans },
    fix: `ALTER ROLE ${quotePart(role)} SET plan_cache_mode = force_custom_plan;`,
    caution:
      'holds for all statements of the role, and for what its functions do; one statement alone: leave it unprepared',
    effect: [{ statement: statement.name, speedup, saves }],
    untried: null,
  };
}

/** One finding for all: a driver prepares or does not. Shares here are of execution and planning together. */
function planningCosts(
  facts: readonly Facts[],
  better: readonly WithPlans[],
  role: string,
  prepared: boolean,
): WhyFinding {
  const whole = facts.reduce(
    (sum, { share, ms, planningMs }) => sum + share * (1 + (planningMs ?? 0) / Math.max(ms ?? 0, 1e-3)),
    0,
  );
  const effect = better
    .map(({ statement, share, ms, plans }) => {
      const { ratio, low, high, aMs, bMs } = plans;
      const speedup = {
        ...speedupOf(plans),
        ratio: 1 / ratio,
        low: 1 / high,
        high: 1 / low,
        aMs: bMs,
        bMs: aMs,
      };
      const saves = (share * Math.max(0, bMs - aMs)) / Math.max(ms ?? 0, 1e-3) / Math.max(whole, 1e-9);
      return { statement: statement.name, speedup, saves: prepared ? 0 : saves };
    })
    .sort((one, other) => other.saves - one.saves);
  const share = Math.min(
    1,
    effect.reduce((sum, { saves }) => sum + saves, 0),
  );
  const [worst] = better.filter(({ statement }) => statement.name === effect[0]?.statement);
  return {
    kind: 'planning',
    severity: severityOf(share),
    share,
    statement: worst?.statement.name ?? null,
    table: null,
    says: `${prepared ? 'where a driver does not prepare: ' : ''}${better.length} statement${better.length === 1 ? '' : 's'}, ${worst?.statement.name} above all, are planned for a good part of their time`,
    evidence: { planningMs: worst?.planningMs ?? 0, executionMs: worst?.ms ?? 0, statements: better.length },
    fix: `send them as prepared statements; where the server goes on planning: ALTER ROLE ${quotePart(role)} SET plan_cache_mode = force_generic_plan;`,
    caution: prepared
      ? 'nothing is gained where the driver prepares already, which is taken for granted unless said otherwise'
      : 'not where another statement is slower with one plan for all',
    effect,
    untried: null,
  };
}

function speedupOf({ ratio, low, high, pairs, confidence, aMs, bMs }: PlanModes): Ratio {
  return { ratio, low, high, pairs, confidence, aMs, bMs };
}
