/** One tenant does most of the work: its rows are the ones that everybody's locks and caches meet. */
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { common, steady } from './lib/executors.ts';
import { begin, connect, plan } from './lib/plan.ts';

export { setup } from './lib/plan.ts';

const deck = begin();
const hot = deck.where({ tenant: plan.tenant ?? deck.tenants[0] ?? '' });
const client = connect(plan.target);
const share = Math.round((plan.share ?? 0.8) * 100);

export const options: Options = { ...common, scenarios: { hot: steady() } };

export default function (): void {
  const turn = exec.scenario.iterationInTest;
  // Spread over every hundred, not the first eighty of each.
  const of = (turn * 37) % 100 < share ? hot : deck;
  client.play(of, of.pick(turn));
}
