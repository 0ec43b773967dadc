import type { RecoveryMeasures } from '../evidence/timeline.ts';
import { fullRate } from './full-rate.ts';
import type { LedgerComparison } from './ledger/model.ts';
import type { Loses, Mark, MarkName, Recovered, Series } from './model.ts';
import { phasesBetween } from './phases.ts';
import type { RecoveryTargets } from './targets.ts';

export interface MeasureInput {
  readonly marks: readonly Mark[];
  /** Of these `commits` and `exposure` are measured, where they are there. */
  readonly series: readonly Series[];
  readonly lost: LedgerComparison['lost'];
  /** Where on the timeline the ledger's clock began: its times count from there. Milliseconds, below 0 where it began earlier. */
  readonly ledgerBegan: number;
  readonly loses: Loses;
  readonly recovered: {
    readonly serving: Recovered['serving'];
    readonly restored?: Pick<NonNullable<Recovered['restored']>, 'bytes' | 'segments'>;
  };
  readonly targets: RecoveryTargets;
}

/**
 * RPO, RTO, restore and rate of a drill, in milliseconds of its timeline.
 *
 * - RPO in time: fault − acknowledgement of the earliest lost commit. 0 where none is lost, and where what is lost came after the fault:
 *   then `records` says so alone. Where nobody knows which one is the earliest it is taken for as old as the ledger.
 * - RTO of writes: first acknowledged write that was followed by good ones (the mark `first-good`) − fault. What the injector took is in it.
 * - Restore: from `declared` to `serving`; where nobody was led to it to `verified`, and without that to `target-reached`.
 * - Full rate: see `fullRate`.
 *
 * @throws {TypeError} for a timeline without a fault: there is nothing to count from
 */
export function measure(input: MeasureInput): RecoveryMeasures {
  const { marks, series, recovered, targets } = input;
  const at = (name: MarkName) => marks.find((mark) => mark.name === name)?.at;
  const fault = at('fault');
  if (fault === undefined) throw new TypeError('a timeline without the mark fault cannot be measured');
  const steady = at('load-steady');
  const since = at('first-good');
  const injected = at('injected');
  const commits = series.find(({ name }) => name === 'commits');
  const rate =
    commits &&
    fullRate(commits, {
      fault,
      ...(steady === undefined ? {} : { steady }),
      ...(since === undefined ? {} : { since }),
    });
  const target = targets.rto;
  const restore = restoreOf(input, at);
  return {
    rpo: rpoOf(input, fault, at('promoted')),
    ...(recovered.serving ? { rto: { ...spanOf(marks, 'fault', 'first-good'), ...given({ target }) } } : {}),
    ...(restore === undefined ? {} : { restore: { ...restore, ...given({ target }) } }),
    ...(rate === undefined
      ? {}
      : {
          rate: {
            before: rate.before,
            needed: rate.needed,
            ...(rate.at === undefined ? {} : { reached: Math.max(0, rate.at - fault) }),
          },
        }),
    ...(injected === undefined ? {} : { injector: Math.max(0, injected - fault) }),
  };
}

function rpoOf(
  { lost, ledgerBegan, series, loses, targets }: MeasureInput,
  fault: number,
  promoted: number | undefined,
): RecoveryMeasures['rpo'] {
  const earliest = lost.count === 0 ? undefined : (lost.earliest ?? 0);
  const split =
    promoted === undefined
      ? undefined
      : lost.first.filter(({ acknowledged }) => (acknowledged ?? 0) + ledgerBegan > promoted).length;
  return {
    loses,
    records: lost.count,
    milliseconds: earliest === undefined ? 0 : Math.max(0, fault - (earliest + ledgerBegan)),
    ...given({ split, exposure: exposureOf(series), target: targets.rpo }),
  };
}

/** The largest point of the curve `exposure`, in milliseconds. */
function exposureOf(series: readonly Series[]): number | undefined {
  const curve = series.find(({ name }) => name === 'exposure');
  if (curve === undefined || curve.points.length === 0) return undefined;
  const factor = curve.unit === 's' ? 1_000 : 1;
  return curve.points.reduce((most, [, value]) => Math.max(most, value * factor), 0);
}

type Span = Pick<NonNullable<RecoveryMeasures['rto']>, 'from' | 'until' | 'milliseconds' | 'phases'>;

function spanOf(marks: readonly Mark[], from: MarkName, until: MarkName): Span {
  const start = marks.find((mark) => mark.name === from);
  const end = marks.find((mark) => mark.name === until);
  const phases = [...phasesBetween(marks, from, until)];
  if (start === undefined || end === undefined) return { from, until, phases };
  return { from, until, milliseconds: Math.max(0, end.at - start.at), phases };
}

function restoreOf(
  { marks, recovered }: MeasureInput,
  at: (name: MarkName) => number | undefined,
): RecoveryMeasures['restore'] {
  const declared = at('declared');
  if (declared === undefined) return undefined;
  const ends = ['serving', 'verified', 'target-reached'] as const;
  const until = ends.find((name) => at(name) !== undefined) ?? 'target-reached';
  const span = spanOf(marks, 'declared', until);
  const { bytes, segments } = recovered.restored ?? {};
  const fetched = at('fetched');
  const reached = at('target-reached');
  return {
    ...span,
    ...given({
      bytes,
      segments,
      bytesPerSecond: perSecond(bytes, declared, fetched),
      segmentsPerSecond: perSecond(segments, fetched, reached),
    }),
  };
}

function perSecond(amount?: number, from?: number, to?: number): number | undefined {
  return amount === undefined || from === undefined || to === undefined || to <= from
    ? undefined
    : (amount * 1_000) / (to - from);
}

/** What is known of it: an optional field that is undefined is left out. */
function given<T extends Record<string, number | undefined>>(fields: T): { [K in keyof T]?: number } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: number;
  };
}
