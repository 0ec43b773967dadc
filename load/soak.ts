/** Four fifths of the plan's rate for as long as it says: what grows, leaks or tires shows in the last hour and not in the first. */
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { common, staged } from './lib/executors.ts';
import { begin, connect, plan } from './lib/plan.ts';

export { setup } from './lib/plan.ts';

const deck = begin();
const client = connect(plan.target);

export const options: Options = { ...common, scenarios: { soak: staged([{ share: 0.8, part: 1 }]) } };

export default function (): void {
  client.play(deck, deck.pick(exec.scenario.iterationInTest));
}
