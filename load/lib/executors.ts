import type { Scenario } from 'k6/options';
import { plan } from './plan.ts';

/** The arrival rate of the plan, or, without one, its virtual users one transaction after the other. */
export function steady(exec = 'default'): Scenario {
  const { rate, seconds, clients } = plan;
  const duration = `${seconds}s`;
  if (rate === undefined)
    return { executor: 'constant-vus', vus: clients, duration, exec, gracefulStop: '5s' };
  // Rates below one a second, and such as 16.7, are asked for by the minute.
  return {
    executor: 'constant-arrival-rate',
    rate: Math.round(rate * 60),
    timeUnit: '60s',
    duration,
    exec,
    preAllocatedVUs: clients,
    maxVUs: clients,
    gracefulStop: '5s',
  };
}

/** Arrival rates in stages, as shares of the plan's rate. */
export function staged(
  stages: readonly { readonly share: number; readonly part: number }[],
  exec = 'default',
): Scenario {
  const rate = plan.rate ?? 1;
  const parts = stages.reduce((sum, { part }) => sum + part, 0);
  return {
    executor: 'ramping-arrival-rate',
    startRate: Math.round(rate * 60 * (stages[0]?.share ?? 1)),
    timeUnit: '60s',
    stages: stages.map(({ share, part }) => ({
      target: Math.round(rate * 60 * share),
      duration: `${Math.max(1, Math.round((plan.seconds * part) / parts))}s`,
    })),
    exec,
    preAllocatedVUs: plan.clients,
    maxVUs: plan.clients,
    gracefulStop: '5s',
  };
}

/** What every script has in common. */
export const common = {
  // Latencies are in the recording; of k6's own these are the ones that are read.
  summaryTrendStats: ['med', 'p(99)', 'max'],
  // The database is not reached by HTTP, and nobody is asked to wait.
  discardResponseBodies: true,
};
