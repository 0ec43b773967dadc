import { Histogram } from './histogram.ts';
import type { RecordingBucket, StatementKind } from './model.ts';

/** One answer, or several alike. */
export interface Answer {
  /** In which it was answered, since the start of the recording. */
  readonly second: number;
  readonly statement: string;
  readonly kind: StatementKind;
  /** Microseconds. */
  readonly latency?: number;
  readonly service?: number;
  /** SQLSTATE class, or `client`. */
  readonly error?: string;
  readonly wrong?: boolean;
  /** Default 1. */
  readonly count?: number;
}

interface Open {
  readonly second: number;
  readonly statement: string;
  readonly kind: StatementKind;
  done: number;
  wrong: number;
  readonly errors: Record<string, number>;
  readonly latency: Histogram;
  readonly service: Histogram;
}

/** Puts answers into buckets. Seconds that are over are taken out, so that only the last ones are held. */
export class Collector {
  readonly #open = new Map<string, Open>();

  add(answer: Answer): void {
    const { second, statement, kind, count = 1 } = answer;
    const key = `${second} ${kind} ${statement}`;
    let bucket = this.#open.get(key);
    if (bucket === undefined) {
      const empty = { done: 0, wrong: 0, errors: {}, latency: new Histogram(), service: new Histogram() };
      bucket = { second, statement, kind, ...empty };
      this.#open.set(key, bucket);
    }
    if (answer.error === undefined) bucket.done += count;
    else bucket.errors[answer.error] = (bucket.errors[answer.error] ?? 0) + count;
    if (answer.wrong === true) bucket.wrong += count;
    if (answer.latency !== undefined) bucket.latency.record(answer.latency, count);
    if (answer.service !== undefined) bucket.service.record(answer.service, count);
  }

  /** Takes out the buckets of all seconds before one; without it, all. */
  take(before = Number.POSITIVE_INFINITY): readonly RecordingBucket[] {
    const taken: RecordingBucket[] = [];
    for (const [key, { latency, service, errors, wrong, ...bucket }] of this.#open) {
      if (bucket.second >= before) continue;
      this.#open.delete(key);
      taken.push({
        ...bucket,
        ...(Object.keys(errors).length === 0 ? {} : { errors }),
        ...(wrong === 0 ? {} : { wrong }),
        ...(latency.count === 0 ? {} : { latency: latency.encode() }),
        ...(service.count === 0 ? {} : { service: service.encode() }),
      });
    }
    return taken.toSorted((a, b) => a.second - b.second);
  }
}
