/** What came of making a failing sequence shorter. */
export interface Shrunk<T> {
  /** The shortest that was seen to fail. */
  readonly shortest: readonly T[];
  readonly tries: number;
  /** Without any one of its parts it no longer fails. False where the tries ran out before that was known. */
  readonly minimal: boolean;
}

/**
 * Makes a sequence that fails shorter, for as long as it fails, by leaving parts out: ddmin (Zeller, Hildebrandt: Simplifying and
 * Isolating Failure-Inducing Input, 2002). The order stays.
 *
 * @param sequence one that is known to fail
 * @param fails tries a sequence; never called twice with the same parts, nor with none
 * @param mostTries how often that may be called
 */
export async function shrink<T>(
  sequence: readonly T[],
  fails: (sequence: readonly T[]) => Promise<boolean>,
  mostTries: number,
): Promise<Shrunk<T>> {
  const known = new Map<string, boolean>();
  let tries = 0;
  /** By places in the sequence, since two parts of it may be equal. */
  const tried = async (places: readonly number[]): Promise<boolean | undefined> => {
    const key = places.join(',');
    const before = known.get(key);
    if (before !== undefined) return before;
    if (tries >= mostTries) return undefined;
    tries++;
    const failed = await fails(places.flatMap((place) => sequence.slice(place, place + 1)));
    known.set(key, failed);
    return failed;
  };
  let places: readonly number[] = sequence.map((_, place) => place);
  const outcome = (minimal: boolean): Shrunk<T> => ({
    shortest: places.flatMap((place) => sequence.slice(place, place + 1)),
    tries,
    minimal,
  });
  let parts = 2;
  while (places.length > 1) {
    const chunks = inParts(places, parts);
    const without = chunks.map((chunk) => places.filter((place) => !chunk.includes(place)));
    // With two parts the rest of one is the other.
    const candidates = parts === 2 ? chunks : [...chunks, ...without];
    let found: readonly number[] | undefined;
    for (const candidate of candidates) {
      const failed = await tried(candidate);
      if (failed === undefined) return outcome(false);
      if (!failed) continue;
      found = candidate;
      break;
    }
    if (found !== undefined) {
      parts = chunks.includes(found) ? 2 : Math.max(2, parts - 1);
      places = found;
    } else if (parts >= places.length) return outcome(true);
    else parts = Math.min(places.length, parts * 2);
  }
  return outcome(true);
}

/** Of lengths that differ by one at most. */
function inParts<T>(all: readonly T[], count: number): readonly (readonly T[])[] {
  return Array.from({ length: count }, (_, n) =>
    all.slice(Math.floor((n * all.length) / count), Math.floor(((n + 1) * all.length) / count)),
  );
}
