/** From a tenth of the plan's rate up to all of it: the second from which work is dropped, or latency leaves the ground, is the knee. */
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { common, staged } from './lib/executors.ts';
import { begin, connect, plan } from './lib/plan.ts';

export { setup } from './lib/plan.ts';

const deck = begin();
const client = connect(plan.target);

export const options: Options = {
  ...common,
  scenarios: {
    ramp: staged([
      { share: 0.1, part: 1 },
      { share: 1, part: 9 },
    ]),
  },
};

export default function (): void {
  client.play(deck, deck.pick(exec.scenario.iterationInTest));
}
