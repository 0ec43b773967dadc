export type Point = readonly [at: number, value: number];

/**
 * At most `most` points of a curve (at least 4), in order of time: the first, the last, and of each of equally many points between
 * them the lowest and the highest, so that no peak is lost. What is short enough stays as it is.
 */
export function thin(points: readonly Point[], most: number): readonly Point[] {
  const [first] = points;
  const last = points.at(-1);
  if (points.length <= most || first === undefined || last === undefined) return points;
  const inner = points.length - 2;
  const bins = Math.max(1, Math.floor((most - 2) / 2));
  const kept: Point[] = [first];
  for (let bin = 0; bin < bins; bin++) {
    const from = 1 + Math.floor((bin * inner) / bins);
    const to = 1 + Math.floor(((bin + 1) * inner) / bins);
    kept.push(...extremes(points.slice(from, to)));
  }
  kept.push(last);
  return kept;
}

function extremes(points: readonly Point[]): readonly Point[] {
  let [low] = points;
  let high = low;
  for (const point of points) {
    if (low !== undefined && point[1] < low[1]) low = point;
    if (high !== undefined && point[1] > high[1]) high = point;
  }
  if (low === undefined || high === undefined) return [];
  if (low === high) return [low];
  return low[0] <= high[0] ? [low, high] : [high, low];
}
