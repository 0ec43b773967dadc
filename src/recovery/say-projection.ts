import { duration } from '../evidence/duration.ts';
import type { Seen } from './model.ts';
import { type Projection, type RestoreSample, tookMs } from './projection.ts';

const megabyte = 1024 ** 2;

/** The model in one sentence, with the numbers that it has here. */
export function sayModel({ model, by }: Projection): string {
  const { fixedMs, bytesPerSecond, segmentsPerSecond } = model;
  const replay = Number.isFinite(segmentsPerSecond)
    ? `segments of WAL ÷ ${segmentsPerSecond.toFixed(1)} a second`
    : 'no time for WAL, of which the sample had none';
  return `time = ${duration(fixedMs)} + bytes ÷ ${(bytesPerSecond / megabyte).toFixed(1)} MB/s + ${replay}, measured on ${by.says}`;
}

/** A projection as lines of evidence. Nothing is promised of other sizes than the one here, so they all agree; `actual` says what falls short. */
export function seenOf(projection: Projection): readonly Seen[] {
  const { check, sizes } = projection;
  const model = sayModel(projection);
  const line = (way: string, statement: string, actual: string): Seen => ({
    subject: 'projected restore',
    way,
    statement,
    expected: '—',
    actual,
    agrees: true,
  });
  return [
    check === undefined
      ? line('check', model, 'not checked: one size was restored')
      : line('check', `${says(check.to)}, predicted from ${says(check.from)}`, sayCheck(check)),
    ...sizes.map((size) => {
      const [least, most] = size.range;
      const range = least === most ? '' : `, by any one sample ${duration(least)} to ${duration(most)}`;
      const parts = `fetch ${duration(size.fetchMs)}, replay of ${size.segments} segments ${duration(size.replayMs)}`;
      const factor = `${Math.round(size.factor)} times what was measured`;
      return line(
        size.says,
        model,
        `${duration(size.milliseconds)} (${parts}${range}); ${factor}${needed(size)}`,
      );
    }),
  ];
}

function sayCheck({ predictedMs, actualMs, error, factor }: NonNullable<Projection['check']>): string {
  const sign = error < 0 ? 'too short' : 'too long';
  return `predicted ${duration(predictedMs)}, took ${duration(actualMs)}: ${(Math.abs(error) * 100).toFixed(1)} % ${sign}, over a factor of ${factor.toFixed(1)}`;
}

function needed({ meets, neededBytesPerSecond }: Projection['sizes'][number]): string {
  if (meets !== false) return meets === undefined ? '' : ', within the RTO';
  return neededBytesPerSecond === undefined
    ? ', beyond the RTO at any rate of fetching: less WAL between backups is what it takes'
    : `, beyond the RTO: that takes ${Math.ceil(neededBytesPerSecond / megabyte)} MB/s`;
}

const says = (sample: RestoreSample) =>
  `${sample.says} (${sample.segments} segments of WAL, ${duration(tookMs(sample))})`;
