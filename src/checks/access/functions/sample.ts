import type { Planned } from './call.ts';

/** Of each function, so many calls that must give different things. */
const kinds = 3;

/**
 * A few calls of each function, the first of each thing that one must give, by actor: where a fault is in, they notice most at a
 * fraction of what all calls take.
 */
export function sampleOf(planned: readonly Planned[]): readonly Planned[] {
  const given = new Map<string, Set<string>>();
  return planned.flatMap((each) => {
    const { fn, calls, expected } = each;
    const known = given.get(fn.identity) ?? new Set<string>();
    given.set(fn.identity, known);
    const picked = expected.flatMap((what, index) => {
      if (known.has(what) || known.size >= kinds) return [];
      known.add(what);
      return [index];
    });
    if (picked.length === 0) return [];
    const only = <T>(list: readonly T[]) =>
      picked.map((index) => list[index]).filter((one) => one !== undefined);
    return [{ ...each, calls: { ...calls, rows: only(calls.rows) }, expected: only(expected) }];
  });
}
