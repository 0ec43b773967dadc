import { duration } from '../evidence/duration.ts';
import type { RecoveryMeasures } from '../evidence/timeline.ts';
import type { Seen } from './model.ts';

const nothingPromised = '—';

/**
 * What was measured against what the design promises, a line each. Lines that nothing is promised of agree and say `—`.
 *
 * A design that promises no RPO, where a drill may lose up to it, has promised nothing that would excuse a loss: then none may be lost.
 */
export function judgeMeasures(measures: RecoveryMeasures): readonly Seen[] {
  const { rpo, rto, restore, rate, injector } = measures;
  return [
    ...rpoLines(rpo),
    ...(rto === undefined ? [] : [spanLine('RTO of writes', rto, 'writes were never good again')]),
    ...(restore === undefined ? [] : [restoreLine(restore)]),
    ...(rate === undefined ? [] : [rateLine(rate)]),
    ...(injector === undefined
      ? []
      : [told('RTO', 'time of the injector', 'injected − fault, part of the RTO', duration(injector))]),
  ];
}

function rpoLines({
  loses,
  records,
  milliseconds,
  split,
  exposure,
  target,
}: RecoveryMeasures['rpo']): readonly Seen[] {
  const most = target === undefined ? undefined : `at most ${duration(target)}`;
  const excused = loses === 'rpo' && target !== undefined && milliseconds <= target;
  const when =
    records === 0
      ? ''
      : milliseconds === 0
        ? ', acknowledged after the fault'
        : `, the earliest acknowledged ${duration(milliseconds)} before the fault`;
  return [
    {
      subject: 'RPO',
      way: 'records',
      statement: 'commits that the client had acknowledged and the recovered database does not hold',
      expected:
        loses === 'rpo' && target !== undefined
          ? `none that was acknowledged more than ${duration(target)} before the fault`
          : 'none',
      actual: `${records} lost${when}`,
      agrees: records === 0 || excused,
      object: 'what was acknowledged',
    },
    {
      subject: 'RPO',
      way: 'time',
      statement: 'fault − acknowledgement of the earliest lost commit',
      expected: most ?? nothingPromised,
      actual: duration(milliseconds),
      agrees: target === undefined || milliseconds <= target,
      object: 'what was acknowledged',
    },
    ...(split === undefined
      ? []
      : [
          {
            subject: 'RPO',
            way: 'split brain',
            statement: 'lost commits that were acknowledged after another server was promoted',
            expected: '0',
            actual: records > 100 ? `${split} of the first hundred` : String(split),
            agrees: split === 0,
            object: 'the old primary',
          },
        ]),
    ...(exposure === undefined
      ? []
      : [
          {
            subject: 'RPO',
            way: 'exposure',
            statement: 'largest (now − commit time of the last archived record) while the drill ran',
            expected: most ?? nothingPromised,
            actual: duration(exposure),
            agrees: target === undefined || exposure <= target,
            object: 'the archive',
          },
        ]),
  ];
}

type Span = NonNullable<RecoveryMeasures['rto']>;

/** A recovery that never came is broken whatever is promised. */
function spanLine(subject: string, { from, until, milliseconds, phases, target }: Span, never: string): Seen {
  const each = phases.map(({ name, from: begin, to }) => `${name} ${duration(to - begin)}`).join(', ');
  const total = milliseconds === undefined ? never : duration(milliseconds);
  return {
    subject,
    way: 'time',
    statement: `${until} − ${from}, on the client's steady clock`,
    expected: target === undefined ? 'an end' : `at most ${duration(target)}`,
    actual: each === '' ? total : `${total}: ${each}`,
    agrees: milliseconds !== undefined && (target === undefined || milliseconds <= target),
    object: subject === 'restore' ? 'the backup' : 'the way back',
  };
}

function restoreLine(restore: NonNullable<RecoveryMeasures['restore']>): Seen {
  const line = spanLine('restore', restore, 'the restore did not reach its target');
  const { bytes, segments, bytesPerSecond, segmentsPerSecond } = restore;
  const rates = [
    ...(bytes === undefined || bytesPerSecond === undefined
      ? []
      : [`${megabytes(bytes)} MB at ${megabytes(bytesPerSecond)} MB/s`]),
    ...(segments === undefined || segmentsPerSecond === undefined
      ? []
      : [`${segments} segments of WAL at ${segmentsPerSecond.toFixed(1)} a second`]),
  ];
  return rates.length === 0 ? line : { ...line, actual: `${line.actual}; ${rates.join(', ')}` };
}

function rateLine({ before, needed, reached }: NonNullable<RecoveryMeasures['rate']>): Seen {
  const again =
    reached === undefined ? 'not reached while it was watched' : `${duration(reached)} after the fault`;
  return told(
    'full rate',
    'time',
    `first second of ${Math.round(needed)} commits, 95 % of ${Math.round(before)} before the fault`,
    again,
  );
}

function told(subject: string, way: string, statement: string, actual: string): Seen {
  return { subject, way, statement, expected: nothingPromised, actual, agrees: true };
}

/** Of 2^20 bytes, as PostgreSQL's MB is. */
function megabytes(bytes: number): string {
  const value = bytes / 1024 ** 2;
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}
