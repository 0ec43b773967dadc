import type { Tax } from './model.ts';
import { type Pair, ratioOf } from './pairs.ts';
import { resultRows } from './plan.ts';
import type { Probe } from './probe.ts';
import type { Rig, Run, Way } from './rig.ts';

export interface CompareOptions {
  /** Pairs per probe; at least five for an interval worth the name. */
  readonly pairs: number;
  readonly signal: AbortSignal;
  /** What is compared, of a run; default: its execution. */
  readonly value?: (run: Run) => number;
}

/** Two ways to run the same probes, with the last run of each. */
export interface Compared {
  readonly ratio: Tax;
  readonly a: Run;
  readonly b: Run;
}

/**
 * Runs probes in two ways, in turn, and compares. Which way goes first changes from pair to pair, so that drift falls on both alike.
 * Throws ProbeError where either is refused.
 */
export async function compare(
  rig: Rig,
  probes: readonly Probe[],
  a: Way,
  b: Way,
  { pairs, signal, value = ({ executionMs }) => executionMs }: CompareOptions,
): Promise<Compared> {
  const measured: Pair[] = [];
  let last: { readonly a: Run; readonly b: Run } | undefined;
  let sameRows = true;
  for (let round = 0; round < pairs; round++) {
    for (const [at, probe] of probes.entries()) {
      signal.throwIfAborted();
      const swapped = (round + at) % 2 === 1;
      const first = await rig.run(probe, swapped ? b : a);
      const second = await rig.run(probe, swapped ? a : b);
      last = swapped ? { a: second, b: first } : { a: first, b: second };
      sameRows &&= resultRows(last.a.explained.root) === resultRows(last.b.explained.root);
      measured.push([value(last.a), value(last.b)]);
    }
  }
  if (last === undefined) throw new RangeError('no probes');
  return { ratio: { ...ratioOf(measured), sameRows }, ...last };
}
