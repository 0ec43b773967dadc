/**
 * One tenant storms, as many transactions as its virtual users manage; the others go on at the plan's rate. What they feel of it is
 * their p99 here over their p99 without it. The deck calls the storm's transactions by names of their own.
 */
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { common, steady } from './lib/executors.ts';
import { begin, connect, plan } from './lib/plan.ts';

const deck = begin();
const tenant = plan.tenant ?? deck.tenants[0] ?? '';
const others = deck.where({ notTenant: tenant });
const noisy = deck.where({ tenant });
const client = connect(plan.target);

export const options: Options = {
  ...common,
  scenarios: {
    neighbours: steady('neighbours'),
    ...(plan.storm === undefined
      ? {}
      : {
          storm: {
            executor: 'constant-vus' as const,
            vus: plan.storm,
            duration: `${plan.seconds}s`,
            exec: 'storm',
            gracefulStop: '5s',
          },
        }),
  },
};

export function neighbours(): void {
  client.play(others, others.pick(exec.scenario.iterationInTest));
}

export function storm(): void {
  client.play(noisy, noisy.pick(exec.scenario.iterationInTest));
}
