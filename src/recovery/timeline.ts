import type { Mark, Series } from './model.ts';

/** What happened in a drill and when, in milliseconds of this program's steady clock since the drill began. */
export class Timeline {
  /** The wall clock at 0, for whoever compares with a server's log. Never reckoned with. */
  readonly startedAt = new Date();
  readonly #origin: number;
  readonly #marks: Mark[] = [];
  readonly #series = new Map<string, { unit: string; points: [number, number][] }>();

  /** `origin`: what performance.now() said at 0; default now. */
  constructor(origin = performance.now()) {
    this.#origin = origin;
  }

  now(): number {
    return performance.now() - this.#origin;
  }

  /** The same instant as a value of performance.now(). */
  at(steady: number): number {
    return steady - this.#origin;
  }

  /** A moment of this timeline as performance.now() would have said it. */
  steady(at: number): number {
    return at + this.#origin;
  }

  /** Notes that something happened, now or at a moment of this timeline; of one name only the first counts. */
  mark(name: Mark['name'], says: string, at = this.now()): number {
    const before = this.#marks.find((mark) => mark.name === name);
    if (before !== undefined) return before.at;
    this.#marks.push({ name, says, at });
    return at;
  }

  when(name: Mark['name']): number | undefined {
    return this.#marks.find((mark) => mark.name === name)?.at;
  }

  /** Adds a point to a curve, now or at a moment of this timeline: `lag`, in `bytes`. */
  point(name: string, unit: string, value: number, at = this.now()): void {
    const series = this.#series.get(name) ?? { unit, points: [] };
    this.#series.set(name, series);
    series.points.push([at, value]);
  }

  /** In the order of time. */
  get marks(): readonly Mark[] {
    return [...this.#marks].sort((one, other) => one.at - other.at);
  }

  get series(): readonly Series[] {
    return [...this.#series].map(([name, { unit, points }]) => ({ name, unit, points }));
  }
}
