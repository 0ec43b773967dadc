import type { DrillTimeline, RecoveryMeasures } from '../../evidence/timeline.ts';
import { binaryBytes, duration, grouped, oneLine, plural } from '../text.ts';

/** A value of a curve with its unit: `1,204`, `7.8 MiB`, `2.4 s`. */
export function amount(value: number, unit: string): string {
  switch (unit) {
    case 'bytes':
      return binaryBytes(Math.round(value));
    case 'ms':
      return duration(value);
    case 's':
      return duration(value * 1_000);
    default:
      return Math.abs(value) < 10 && !Number.isInteger(value)
        ? String(Number(value.toFixed(1)))
        : grouped(Math.round(value));
  }
}

const seriesWords: Readonly<Record<string, string>> = {
  commits: 'acknowledged commits',
  errors: 'commits failed or unanswered',
  lag: 'replica behind',
  archived: 'WAL archived',
  exposure: 'RPO exposure',
};

/** What a curve shows, for its head. */
export function seriesName({ name }: { readonly name: string }): string {
  return oneLine((Object.hasOwn(seriesWords, name) ? seriesWords[name] : undefined) ?? name);
}

const unitWords: Readonly<Record<string, string>> = {
  'commits/s': ' a second',
  'errors/s': ' a second',
  ms: '',
  s: '',
  bytes: '',
};

/** What a curve shows, with its unit where `amount` does not say that by itself. */
export function seriesHead(series: { readonly name: string; readonly unit: string }): string {
  const { unit } = series;
  const known = Object.hasOwn(unitWords, unit) ? unitWords[unit] : undefined;
  return seriesName(series) + (known ?? `, ${oneLine(unit)}`);
}

/** Curves in the order in which they tell the story. */
export function ordered(series: DrillTimeline['series']): DrillTimeline['series'] {
  const names = Object.keys(seriesWords);
  const rank = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length);
  return series
    .filter(({ points }) => points.length > 0)
    .toSorted((one, other) => rank(one.name) - rank(other.name));
}

/** The moment that views count from: the fault, or the beginning where there is none. */
export function faultAt({ marks }: DrillTimeline): number {
  return marks.find(({ name }) => name === 'fault')?.at ?? 0;
}

/** Before or after the fault: `−1.2 s`, `0`, `+412 ms`. */
export function sinceFault(at: number, fault: number): string {
  const distance = Math.round((at - fault) * 10) / 10;
  if (distance === 0) return '0';
  return `${distance < 0 ? '−' : '+'}${duration(Math.abs(distance))}`;
}

export interface NamedSpan {
  readonly name: 'RTO' | 'restore';
  readonly span: Recovery;
}
export type Recovery = NonNullable<RecoveryMeasures['rto']>;

/** What of the way back was measured: of writes, of a restore, or both. */
export function recoveries({ rto, restore }: RecoveryMeasures): readonly NamedSpan[] {
  return [
    ...(rto === undefined ? [] : [{ name: 'RTO', span: rto } as const]),
    ...(restore === undefined ? [] : [{ name: 'restore', span: restore } as const]),
  ];
}

/** `2.4 s`, or that it never came. */
export function spanWords({ milliseconds }: Recovery): string {
  return milliseconds === undefined ? 'never' : duration(milliseconds);
}

/** `detect 900 ms`, one for each phase. */
export function phaseWords({ phases }: Recovery): readonly string[] {
  return phases.map(({ name, from, to }) => `${oneLine(name)} ${duration(to - from)}`);
}

/** `0 commits`, `12 commits, 1.2 s`. */
export function lossWords({ records, milliseconds }: RecoveryMeasures['rpo']): string {
  return records === 0 ? '0 commits' : `${plural(records, 'commit')}, ${duration(milliseconds)}`;
}

export function met({ milliseconds, target }: Recovery): boolean {
  return milliseconds !== undefined && (target === undefined || milliseconds <= target);
}
