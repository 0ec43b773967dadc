/**
 * Reads on the replicas while the primary is written to. Beside them one virtual user commits a heartbeat at the primary and asks the
 * replica until it shows it: `visible on replica` counts from the acknowledged commit, so its latency is the staleness; `own write`
 * asks once, at once, and is wrong when the replica does not show it yet: what a request meets that reads its own write there.
 */
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { common, steady } from './lib/executors.ts';
import { begin, connect, plan } from './lib/plan.ts';

const deck = begin();
const reader = connect(plan.reader ?? plan.target);
const writer = connect(plan.target);

export const options: Options = {
  ...common,
  scenarios: {
    reads: steady('reads'),
    heartbeat: { executor: 'constant-vus', vus: 1, duration: `${plan.seconds}s`, exec: 'heartbeat' },
  },
};

export function reads(): void {
  reader.play(deck, deck.pick(exec.scenario.iterationInTest));
}

const beat = 'UPDATE pgattest_load.heartbeat SET beat = $1';
const look = 'SELECT beat FROM pgattest_load.heartbeat';
const patienceMs = 5_000;

export function heartbeat(): void {
  const number = exec.scenario.iterationInTest + 1;
  writer.exec(beat, [number], { name: 'heartbeat', rows: 1 });
  const committed = Date.now();
  const first = reader.query(look, [], { name: 'own write', own: { column: 0, values: [String(number)] } });
  let seen = first.right;
  while (!seen && Date.now() - committed < patienceMs) {
    seen = Number(reader.query(look, [], { name: 'asking', kind: 'control' }).rows[0]?.beat) >= number;
  }
  // One more, so that the time until it was seen is in the recording under a name of its own.
  reader.query(look, [], { name: 'visible on replica', due: committed, ...(seen ? {} : { rows: 0 }) });
}
