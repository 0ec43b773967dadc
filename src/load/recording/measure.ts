import { align, alignEnds } from './align.ts';
import { Histogram } from './histogram.ts';
import type { Measured, SecondCounts, StatementTotals } from './measured.ts';
import { addErrors } from './merge.ts';
import type { RecordingBucket, RecordingEnd } from './model.ts';
import { located, openRecording } from './read.ts';
import type { Recording } from './recording.ts';

export interface MeasureOptions {
  /** Whole seconds to drop, from where all parts run. Default 0. */
  readonly warmUp?: number;
}

/** What recordings of generators that ran side by side say together. Throws ConfigError as `align` does. */
export function measure(recordings: readonly Recording[], { warmUp = 0 }: MeasureOptions = {}): Measured {
  const alignment = align(recordings.map(({ header }) => header));
  const totals = new Totals(alignment.allFrom + warmUp);
  for (const [n, { buckets }] of recordings.entries()) {
    for (const bucket of buckets) totals.add(bucket, alignment.shifts[n] ?? 0);
  }
  const ends = recordings.map(({ end }) => end);
  return totals.measured(alignment.header, alignEnds(alignment, ends));
}

/** As `measure`, of files of any length: only the totals are held. */
export async function measureFiles(
  paths: readonly string[],
  { warmUp = 0 }: MeasureOptions = {},
): Promise<Measured> {
  const readers: Awaited<ReturnType<typeof openRecording>>[] = [];
  try {
    for (const path of paths) readers.push(await openRecording(path));
    const alignment = align(readers.map(({ header }) => header));
    const totals = new Totals(alignment.allFrom + warmUp);
    for (const [n, reader] of readers.entries()) {
      for await (const bucket of reader.buckets) {
        located(reader.where(), () => totals.add(bucket, alignment.shifts[n] ?? 0));
      }
    }
    const ends = readers.map((reader) => reader.end());
    return totals.measured(alignment.header, alignEnds(alignment, ends));
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}

type Growing = { -readonly [Key in keyof StatementTotals]: StatementTotals[Key] } & {
  errors: Record<string, number>;
};

class Totals {
  readonly #from: number;
  readonly #read: number[] = [];
  readonly #write: number[] = [];
  readonly #statements = new Map<string, Growing>();
  #last = -1;

  constructor(from: number) {
    this.#from = from;
  }

  add(bucket: RecordingBucket, shift: number): void {
    const second = bucket.second + shift;
    this.#last = Math.max(this.#last, second);
    const totals = this.#of(bucket);
    totals.answered += bucket.done;
    totals.wrong += bucket.wrong ?? 0;
    addErrors(totals.errors, bucket.errors);
    const place = second - this.#from;
    if (place < 0) return;
    totals.done += bucket.done;
    if (bucket.latency !== undefined) totals.latency.addEncoded(bucket.latency);
    if (bucket.service !== undefined) totals.service.addEncoded(bucket.service);
    const counts = { read: this.#read, write: this.#write, control: undefined, transaction: undefined };
    const of = counts[bucket.kind];
    if (of !== undefined) of[place] = (of[place] ?? 0) + bucket.done;
  }

  /** Without an end the last second is not known to be whole. */
  measured(header: Measured['header'], end: RecordingEnd['end'] | undefined): Measured {
    const until = end === undefined ? this.#last : Math.floor(end.seconds);
    const seconds = Array.from(
      { length: Math.max(0, until - this.#from) },
      (_, n): SecondCounts => ({ read: this.#read[n] ?? 0, write: this.#write[n] ?? 0 }),
    );
    const statements = [...this.#statements].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
    return { header, end, warmUp: this.#from, seconds, statements };
  }

  #of({ statement, kind }: RecordingBucket): Growing {
    const key = `${kind} ${statement}`;
    let totals = this.#statements.get(key);
    if (totals === undefined) {
      const none = { done: 0, answered: 0, errors: {}, wrong: 0 };
      totals = { statement, kind, ...none, latency: new Histogram(), service: new Histogram() };
      this.#statements.set(key, totals);
    }
    return totals;
  }
}
