import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { histogramShape } from './model.ts';

// Counts beyond 2³² come up within a day of load. Of the library's kinds the one over Float64Array adds fastest; `packed` takes a
// hundred times as long and the one in WebAssembly no less.
const bits = 64;

/** An HDR histogram of microseconds, of the one shape that recordings have. Values are within 0.1 % of what was recorded. */
export class Histogram {
  readonly #counts = build({
    bitBucketSize: bits,
    autoResize: false,
    lowestDiscernibleValue: histogramShape.lowest,
    highestTrackableValue: histogramShape.highest,
    numberOfSignificantValueDigits: histogramShape.digits,
  });

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

  /** Version 2, compressed, base64. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#counts);
  }
}

function decode(text: string): ReturnType<typeof decodeFromCompressedBase64> {
  let found: ReturnType<typeof decodeFromCompressedBase64>;
  try {
    found = decodeFromCompressedBase64(text, bits);
  } catch (cause) {
    throw new RangeError('not an HDR histogram, version 2, compressed, base64', { cause });
  }
  const { lowestDiscernibleValue, highestTrackableValue, numberOfSignificantValueDigits } =
    found as unknown as Shape;
  const { lowest, highest, digits } = histogramShape;
  if (
    lowestDiscernibleValue !== lowest ||
    highestTrackableValue !== highest ||
    numberOfSignificantValueDigits !== digits
  ) {
    throw new RangeError(
      `an HDR histogram from ${lowestDiscernibleValue} to ${highestTrackableValue} with ${numberOfSignificantValueDigits} digits; ${lowest} to ${highest} with ${digits} is wanted`,
    );
  }
  return found;
}

interface Shape {
  readonly lowestDiscernibleValue: number;
  readonly highestTrackableValue: number;
  readonly numberOfSignificantValueDigits: number;
}
