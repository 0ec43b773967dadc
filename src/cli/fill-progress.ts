import { createLogUpdate } from 'log-update';
import type { OnScaleProgress, ScaleProgress } from '../data/scale/index.ts';

export interface FillProgressView {
  readonly onProgress: OnScaleProgress;
  readonly phase: (says: string) => void;
  /** One line that stays, unless quiet. */
  readonly note: (text: string) => void;
  readonly done: () => void;
}

/** Milliseconds between two lines, on a terminal and elsewhere. */
const every = { live: 200, plain: 5000 } as const;

/** Progress of a fill on standard error: one line that changes on a terminal, a line now and then elsewhere, nothing when quiet. */
export function fillProgress(quiet: boolean): FillProgressView {
  if (quiet) return { onProgress: () => {}, phase: () => {}, note: () => {}, done: () => {} };
  const live =
    process.stderr.isTTY === true && process.env.TERM !== 'dumb'
      ? createLogUpdate(process.stderr)
      : undefined;
  const line = (text: string) => void process.stderr.write(`${text}\n`);
  const eta = new Eta(() => performance.now());
  const pause = live === undefined ? every.plain : every.live;
  let last = { phase: '', at: 0 };
  const onProgress: OnScaleProgress = (progress) => {
    const text = describe(progress, eta);
    const at = performance.now();
    if (progress.phase === last.phase && at - last.at < pause) return;
    last = { phase: progress.phase, at };
    if (progress.phase === 'begin' || live === undefined) line(text);
    else live(text);
  };
  const note = (text: string) => {
    live?.clear();
    line(text);
  };
  return { onProgress, phase: note, note, done: () => live?.clear() };
}

/** One line for what is going on. */
export function describe(progress: ScaleProgress, eta: Eta): string {
  switch (progress.phase) {
    case 'begin': {
      const { rows, bytes, loaded, dropped } = progress;
      const going = loaded === 0 ? '' : `, ${whole(loaded)} of them are in from before`;
      const without = dropped === 0 ? '' : `; ${dropped} indexes are dropped and made again afterwards`;
      return `fill: ${whole(rows)} rows${going}, about ${size(bytes)} to load${without}`;
    }
    case 'load': {
      const { table, rows, ofRows, made, of } = progress;
      const part = of === 0 ? 1 : Math.min(1, made / of);
      return `load ${percent(part)}, ${whole(rows)} of ${whole(ofRows)} rows, ${table}${eta.says('load', part)}`;
    }
    case 'rebuild':
      return `indexes and keys: ${progress.done} of ${progress.of} (${progress.stage})`;
    case 'after':
      return `statements of the plan: ${progress.done} of ${progress.of}`;
    case 'check':
      return `vacuum, analyze, foreign keys: ${progress.done} of ${progress.of}`;
  }
}

/** How long something still takes, at the rate that it had so far. */
export class Eta {
  readonly #clock: () => number;
  #of = '';
  #since = 0;
  #first = 0;

  /** @param clock milliseconds that only go forward */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** `, 1:05 left` for the part in [0, 1] that is done; empty while nothing can be said. */
  says(what: string, part: number): string {
    const now = this.#clock();
    if (what !== this.#of) {
      this.#of = what;
      this.#since = now;
      this.#first = part;
    }
    const gained = part - this.#first;
    // The first moments are those in which the machine warms up.
    if (now - this.#since < 1000 || gained <= 0) return '';
    return `, ${duration(((now - this.#since) / gained) * (1 - part))} left`;
  }
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function percent(part: number): string {
  return `${Math.floor(part * 100)} %`;
}

function size(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function whole(n: number): string {
  return n.toLocaleString('en');
}
