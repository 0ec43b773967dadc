/** Longer than that without an acknowledgement, and writes are not good. */
const gapMs = 1000;

/** A minute at four thousand commits a second. */
const mostKept = 2 ** 18;

/** The last acknowledgements and whether something went wrong between them. Times in milliseconds of performance.now(). */
export class Pulse {
  #times = new Float64Array(1024);
  #count = 0;
  /** The first acknowledgement after whatever went wrong last. */
  #goodFrom: number | undefined;

  get last(): number | undefined {
    return this.#count === 0 ? undefined : this.#at(this.#count - 1);
  }

  /** In the order of time. */
  acknowledged(at: number): void {
    const { last } = this;
    if (last === undefined || at - last > gapMs) this.#goodFrom = undefined;
    this.#goodFrom ??= at;
    if (this.#count === this.#times.length && this.#count < mostKept) {
      const wider = new Float64Array(this.#count * 2);
      wider.set(this.#times);
      this.#times = wider;
    }
    this.#times[this.#count++ % this.#times.length] = at;
  }

  /** A commit or a connection failed. */
  broken(): void {
    this.#goodFrom = undefined;
  }

  /** Acknowledgements a second over the time until now. Of more than are kept the rate of those that are. */
  rate(overMs: number, now: number): number {
    const since = now - overMs;
    const oldest = this.#oldest();
    const first = this.#firstAfter(since);
    const [cut, start] = [first === oldest && oldest > 0, this.#at(first)];
    const span = cut && first < this.#count ? now - start : overMs;
    return span <= 0 ? 0 : ((this.#count - first) * 1000) / span;
  }

  /** The first acknowledgement after `since` from which on all went well for `forMs`, if it is so now. */
  goodSince(since: number, forMs: number, now: number): number | undefined {
    const { last } = this;
    if (this.#goodFrom === undefined || last === undefined || now - last > gapMs) return undefined;
    const start = Math.max(this.#goodFrom, this.#at(this.#firstAfter(since)));
    return now - start >= forMs ? start : undefined;
  }

  #oldest(): number {
    return Math.max(0, this.#count - this.#times.length);
  }

  #at(index: number): number {
    return index < this.#count
      ? (this.#times[index % this.#times.length] ?? Number.NaN)
      : Number.POSITIVE_INFINITY;
  }

  /** By halving: the index of the first that is later, or the count. */
  #firstAfter(since: number): number {
    let [low, high] = [this.#oldest(), this.#count];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#at(middle) > since) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
