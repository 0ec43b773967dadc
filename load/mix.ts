/** The deck as it is: at an arrival rate for a claim, or as fast as it goes for the ceiling. */
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { common, steady } from './lib/executors.ts';
import { begin, connect, plan } from './lib/plan.ts';

export { setup } from './lib/plan.ts';

const deck = begin();
const client = connect(plan.target);

export const options: Options = { ...common, scenarios: { mix: steady() } };

export default function (): void {
  client.play(deck, deck.pick(exec.scenario.iterationInTest));
}
