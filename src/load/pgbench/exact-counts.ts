/** Counters in a page: 4,096 µs. */
const pageBits = 12;
const pageSize = 1 << pageBits;
/** Pages that are found by index, those below 1.07 s; the others by a map. */
const nearPages = 1 << 8;

/**
 * How often each whole number came: microseconds as pgbench logs them, so that percentiles are those of the sorted list, to the
 * microsecond. Memory is that of the pages that were touched, 32 kB each: at most 8 MB for each second between the least and the greatest
 * value, however many values there are; a usual run takes less than 10 MB.
 */
export class ExactCounts {
  readonly #near: (Float64Array | undefined)[] = new Array(nearPages).fill(undefined);
  readonly #far = new Map<number, Float64Array>();
  #count = 0;
  #sum = 0;

  get count(): number {
    return this.#count;
  }

  /** NaN when there is none, as every figure. */
  get mean(): number {
    return this.#count === 0 ? Number.NaN : this.#sum / this.#count;
  }

  get min(): number {
    return this.percentile(0);
  }

  get max(): number {
    return this.percentile(100);
  }

  /** Bytes of the counters. */
  get bytes(): number {
    const near = this.#near.reduce((total, page) => total + (page === undefined ? 0 : 1), 0);
    return (near + this.#far.size) * pageSize * 8;
  }

  /** @param value a whole number, 0 or more */
  add(value: number, times = 1): void {
    const at = Math.floor(value / pageSize);
    const page = this.#page(at);
    const offset = value - at * pageSize;
    page[offset] = (page[offset] ?? 0) + times;
    this.#count += times;
    this.#sum += value * times;
  }

  addAll(other: ExactCounts): void {
    for (const [at, theirs] of other.#pages()) {
      const page = this.#page(at);
      for (let offset = 0; offset < pageSize; offset++)
        page[offset] = (page[offset] ?? 0) + (theirs[offset] ?? 0);
    }
    this.#count += other.#count;
    this.#sum += other.#sum;
  }

  /**
   * The least value that so many percent of all are not above: nearest rank, as of a sorted list, nothing between two values.
   * @param percent 0 to 100, as written: 99.9 is 999 in 1,000 and not its nearest binary fraction
   */
  percentile(percent: number): number {
    if (this.#count === 0) return Number.NaN;
    let left = rank(percent, this.#count);
    for (const [at, page] of this.#pages()) {
      for (let offset = 0; offset < pageSize; offset++) {
        left -= page[offset] ?? 0;
        if (left <= 0) return at * pageSize + offset;
      }
    }
    throw new Error('more values than were counted');
  }

  #page(at: number): Float64Array {
    let page = at < nearPages ? this.#near[at] : this.#far.get(at);
    if (page === undefined) {
      page = new Float64Array(pageSize);
      if (at < nearPages) this.#near[at] = page;
      else this.#far.set(at, page);
    }
    return page;
  }

  *#pages(): Generator<readonly [number, Float64Array], void, void> {
    for (const [at, page] of this.#near.entries()) if (page !== undefined) yield [at, page];
    for (const at of [...this.#far.keys()].sort((a, b) => a - b)) {
      const page = this.#far.get(at);
      if (page !== undefined) yield [at, page];
    }
  }
}

/** ⌈percent · count ÷ 100⌉, at least 1, without a rounding error: the decimal digits of `percent` are taken as they are written. */
function rank(percent: number, count: number): number {
  const [whole = '0', fraction = ''] = percent.toFixed(10).split('.');
  const divisor = 100n * 10n ** BigInt(fraction.length);
  const product = BigInt(whole + fraction) * BigInt(count);
  return Math.max(1, Number((product + divisor - 1n) / divisor));
}
