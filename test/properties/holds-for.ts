import fc from 'fast-check';

/** How often what came out. */
export type Tally = Readonly<Record<string, number>> & { readonly cases: number };

const seed = Number(process.env.PGATTEST_SEED ?? 1);
const cases = Number(process.env.PGATTEST_CASES ?? 30);

/**
 * Tries a property for `PGATTEST_CASES` drawn values from `PGATTEST_SEED`. One for which it does not hold is made as small as it can be,
 * and thrown with what the property threw.
 *
 * @param share of the cases, where one takes long
 */
export async function holdsFor<T>(
  values: fc.Arbitrary<T>,
  share: number,
  property: (value: T, count: (name: string) => void) => Promise<void>,
): Promise<Tally> {
  const tally: Record<string, number> = {};
  const count = (name: string) => {
    tally[name] = (tally[name] ?? 0) + 1;
  };
  const details = await fc.check(
    fc.asyncProperty(values, (value) => property(value, count)),
    // Each step of shrinking is a whole case: enough of them for a case to read, not for the smallest there is.
    { seed, numRuns: Math.ceil(cases * share), interruptAfterTimeLimit: 240_000 },
  );
  if (details.failed) {
    const again = `PGATTEST_SEED=${details.seed}, path ${details.counterexamplePath}, ${details.numShrinks} times smaller`;
    throw new Error(`${(details.errorInstance as Error | null)?.message ?? 'interrupted'}\n${again}`, {
      cause: details.errorInstance,
    });
  }
  return { ...tally, cases: details.numRuns };
}
