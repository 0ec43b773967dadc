/** Numbers in [0, 1) that a seed decides: mulberry32, enough for drawing with replacement. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of them. */
export function drawFrom<T>(from: readonly T[], random: () => number): T {
  const drawn = from[Math.floor(random() * from.length)];
  if (drawn === undefined) throw new RangeError('nothing to draw from');
  return drawn;
}

/** In another order, each order equally likely (Fisher and Yates). */
export function shuffled<T>(from: readonly T[], random: () => number): T[] {
  const left = [...from];
  const taken: T[] = [];
  while (left.length > 0) taken.push(...left.splice(Math.floor(random() * left.length), 1));
  return taken;
}
