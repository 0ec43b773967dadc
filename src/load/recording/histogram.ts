import { decodeFromCompressedBase64, encodeIntoCompressedBase64, Float64Histogram } from 'hdr-histogram-js';
import { histogramShape } from './model.ts';

// Counts beyond 2³² come up within a day of load. Of the library's kinds the one over Float64Array adds fastest; `packed` takes a
// hundred times as long and the one in WebAssembly no less.
const bits = 64;

/** An HDR histogram of microseconds, of the one shape that recordings have. Values are within 0.1 % of what was recorded. */
export class Histogram {
  readonly #counts = new Float64Histogram(
    histogramShape.lowest,
    histogramShape.highest,
    histogramShape.digits,
  );

  get count(): number {
    return this.#counts.totalCount;
  }

  /** 0 when it is empty, as every other value. */
  get max(): number {
    return this.count === 0 ? 0 : this.#counts.maxValue;
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.#counts.mean;
  }

  /** What is longer than the longest that it can hold, an hour, is held as that. */
  record(microseconds: number, count = 1): void {
    const value = Math.min(Math.max(0, Math.round(microseconds)), histogramShape.highest);
    this.#counts.recordValueWithCount(value, count);
  }

  add(other: Histogram): void {
    if (other.count > 0) this.#counts.add(other.#counts);
  }

  /** Adds one as it stands in a recording. Throws RangeError for text that is none, or is of another shape. */
  addEncoded(text: string): void {
    const other = decode(text);
    if (other.totalCount > 0) this.#counts.add(other);
  }

  /** @param percentile 0 to 100. The largest value that so many percent are not above; 0 when it is empty. */
  percentile(percentile: number): number {
    if (this.count === 0) return 0;
    return Math.min(this.#counts.getValueAtPercentile(percentile), this.max);
  }

  /** How many values are above one, and their sum. */
  above(microseconds: number): { readonly count: number; readonly sum: number } {
    if (this.max <= microseconds) return { count: 0, sum: 0 };
    const counts = this.#counts;
    const last = counts.countsArrayIndex(this.max);
    let count = 0;
    let sum = 0;
    for (let index = counts.countsArrayIndex(Math.max(0, microseconds)) + 1; index <= last; index++) {
      const here = counts.getCountAtIndex(index);
      if (here === 0) continue;
      count += here;
      sum += here * counts.medianEquivalentValue(counts.valueFromIndex(index));
    }
    return { count, sum };
  }

  /** Version 2, compressed, base64. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#counts);
  }
}

function decode(text: string): Float64Histogram {
  let found: unknown;
  try {
    found = decodeFromCompressedBase64(text, bits);
  } catch (cause) {
    throw new RangeError('not an HDR histogram, version 2, compressed, base64', { cause });
  }
  if (!(found instanceof Float64Histogram)) throw new RangeError('an HDR histogram of another kind');
  const { lowest, highest, digits } = histogramShape;
  const shape = [
    found.lowestDiscernibleValue,
    found.highestTrackableValue,
    found.numberOfSignificantValueDigits,
  ];
  if (shape.join() !== [lowest, highest, digits].join()) {
    const [from, to, precision] = shape;
    throw new RangeError(
      `an HDR histogram of ${from} to ${to} with ${precision} digits, not of ${lowest} to ${highest} with ${digits}`,
    );
  }
  return found;
}
