import type { Restored } from './backup/model.ts';

/** One restore that was carried out here. */
export interface RestoreSample {
  /** How large, for the words: `92 MB`. */
  readonly says: string;
  /** Of the data folder after fetching. */
  readonly bytes: number;
  /** Of WAL, replayed: the one or two of the backup itself too, whose time is in `startMs`. Have many more than those. */
  readonly segments: number;
  /** Milliseconds from asking until the files are in place. */
  readonly fetchMs: number;
  /** From then until the server lets readers in: its start, and the WAL up to the end of the backup. */
  readonly startMs: number;
  /** From then until the target is reached and it takes writes. */
  readonly replayMs: number;
  /** Whatever came after, until it serves. */
  readonly afterMs?: number;
}

export interface ProjectedSize {
  /** `1 TB`. */
  readonly says: string;
  readonly bytes: number;
  /** Of WAL between the end of the backup and the target. */
  readonly segments: number;
}

/** T(bytes, segments) = fixed + bytes ÷ fetch rate + segments ÷ replay rate. */
export interface RestoreModel {
  readonly fixedMs: number;
  readonly bytesPerSecond: number;
  /** Infinite where the sample replayed nothing and that took no time. */
  readonly segmentsPerSecond: number;
}

export interface RestoreCheck {
  readonly from: RestoreSample;
  readonly to: RestoreSample;
  readonly predictedMs: number;
  readonly actualMs: number;
  /** predicted ÷ actual − 1. */
  readonly error: number;
  /** How many times larger what was predicted is than what it was predicted from. */
  readonly factor: number;
}

export interface Projected extends ProjectedSize {
  readonly milliseconds: number;
  readonly fetchMs: number;
  readonly replayMs: number;
  /** The least and the most that any sample projects by itself. */
  readonly range: readonly [least: number, most: number];
  /** How many times larger than the largest sample. */
  readonly factor: number;
  /** Within the RTO; absent where there is none. */
  readonly meets?: boolean;
  /** The fetch rate that the RTO asks for at this size; absent where none would do, or there is no RTO. */
  readonly neededBytesPerSecond?: number;
}

export interface Projection {
  readonly model: RestoreModel;
  readonly by: RestoreSample;
  /** The largest sample predicted from the smallest; absent with one sample: then nothing checks the model. */
  readonly check?: RestoreCheck;
  readonly sizes: readonly Projected[];
}

/** PostgreSQL's units: 2^30 and 2^40 bytes. */
export const gigabyte = 1024 ** 3;
export const terabyte = 1024 ** 4;

/**
 * The model of one sample, each rate from the phase that it drives. What of these phases does not grow with the size is counted as if it
 * did: of that a small sample makes a large restore too long, not too short.
 *
 * @throws {RangeError} for a sample that fetched nothing, or took no time for it: it has no rate
 */
export function modelOf({
  says,
  bytes,
  segments,
  fetchMs,
  startMs,
  replayMs,
  afterMs = 0,
}: RestoreSample): RestoreModel {
  if (!(bytes > 0 && fetchMs > 0)) throw new RangeError(`the restore of ${says} has no fetch rate`);
  // Without WAL the time of that phase is the promotion's, and does not grow.
  const replays = segments > 0 && replayMs > 0;
  return {
    fixedMs: startMs + afterMs + (replays ? 0 : replayMs),
    bytesPerSecond: (bytes * 1_000) / fetchMs,
    segmentsPerSecond: replays ? (segments * 1_000) / replayMs : Number.POSITIVE_INFINITY,
  };
}

/** Milliseconds that a restore of such a size takes by a model. */
export function predict(
  model: RestoreModel,
  { bytes, segments }: Pick<ProjectedSize, 'bytes' | 'segments'>,
): number {
  return model.fixedMs + fetchOf(model, bytes) + replayOf(model, segments);
}

const fetchOf = (model: RestoreModel, bytes: number) => (bytes * 1_000) / model.bytesPerSecond;
const replayOf = (model: RestoreModel, segments: number) =>
  segments === 0 ? 0 : (segments * 1_000) / model.segmentsPerSecond;

/** A restore as a backup method tells it, with what it took after that until it served. */
export function sampleOf(
  says: string,
  { phases, bytes, segments }: Pick<Restored, 'phases' | 'bytes' | 'segments'>,
  afterMs = 0,
): RestoreSample {
  const { fetched, consistent, reached } = phases;
  return {
    says,
    bytes,
    segments,
    fetchMs: fetched,
    startMs: consistent - fetched,
    replayMs: reached - consistent,
    afterMs,
  };
}

/** What it really took. */
export function tookMs({ fetchMs, startMs, replayMs, afterMs = 0 }: RestoreSample): number {
  return fetchMs + startMs + replayMs + afterMs;
}

/** As much WAL for each byte as a sample has: for want of anything better to say of the WAL of a larger database. */
export function likeSample(sample: RestoreSample, says: string, bytes: number): ProjectedSize {
  return { says, bytes, segments: Math.round((sample.segments * bytes) / sample.bytes) };
}

/**
 * Projects the time of a restore from samples measured here, by the model of the largest, and checks the model: the largest sample
 * predicted from the smallest.
 *
 * @param rtoMs what the design promises
 * @throws {RangeError} without a sample, or with one that has no rate
 */
export function projectRestore(
  samples: readonly RestoreSample[],
  sizes: readonly ProjectedSize[],
  rtoMs?: number,
): Projection {
  const ordered = samples.toSorted((one, other) => one.bytes - other.bytes);
  const [smallest] = ordered;
  const largest = ordered.at(-1);
  if (smallest === undefined || largest === undefined) throw new RangeError('no restore was measured');
  const models = ordered.map(modelOf);
  const model = modelOf(largest);
  return {
    model,
    by: largest,
    ...(smallest === largest ? {} : { check: checkOf(smallest, largest) }),
    sizes: sizes.map((size) => projected(size, model, models, largest, rtoMs)),
  };
}

function checkOf(from: RestoreSample, to: RestoreSample): RestoreCheck {
  const predictedMs = predict(modelOf(from), to);
  const actualMs = tookMs(to);
  return {
    from,
    to,
    predictedMs,
    actualMs,
    error: predictedMs / actualMs - 1,
    factor: to.bytes / from.bytes,
  };
}

function projected(
  size: ProjectedSize,
  model: RestoreModel,
  models: readonly RestoreModel[],
  largest: RestoreSample,
  rtoMs: number | undefined,
): Projected {
  const milliseconds = predict(model, size);
  const each = models.map((one) => predict(one, size));
  const left = rtoMs === undefined ? 0 : rtoMs - model.fixedMs - replayOf(model, size.segments);
  return {
    ...size,
    milliseconds,
    fetchMs: fetchOf(model, size.bytes),
    replayMs: replayOf(model, size.segments),
    range: [Math.min(...each), Math.max(...each)],
    factor: size.bytes / largest.bytes,
    ...(rtoMs === undefined ? {} : { meets: milliseconds <= rtoMs }),
    ...(left > 0 ? { neededBytesPerSecond: (size.bytes * 1_000) / left } : {}),
  };
}
