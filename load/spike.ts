/** A quiet third, ten seconds' worth of the plan's whole rate, and the quiet again: how long the queue takes to drain. */
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { common, staged } from './lib/executors.ts';
import { begin, connect, plan } from './lib/plan.ts';

export { setup } from './lib/plan.ts';

const deck = begin();
const client = connect(plan.target);
const quiet = 0.2;

export const options: Options = {
  ...common,
  scenarios: {
    spike: staged([
      { share: quiet, part: 4 },
      { share: 1, part: 0.5 },
      { share: 1, part: 2 },
      { share: quiet, part: 0.5 },
      { share: quiet, part: 4 },
    ]),
  },
};

export default function (): void {
  client.play(deck, deck.pick(exec.scenario.iterationInTest));
}
