import type { createColors } from 'picocolors';
import type { DrillTimeline, TimelineSeries } from '../evidence/timeline.ts';
import { along, heightOf, type Range, rangeOf } from './drill/plot.ts';
import {
  amount,
  faultAt,
  lossWords,
  met,
  ordered,
  phaseWords,
  recoveries,
  seriesName,
  sinceFault,
  spanWords,
} from './drill/words.ts';
import { duration, wrap } from './text.ts';

export interface DrillLook {
  readonly colors: ReturnType<typeof createColors>;
  readonly width: number;
  /** Before every line. */
  readonly indent: string;
}

/** A drill for a terminal: what was lost, how long it took, phases in a line, and a row for each curve with the fault marked. */
export function drillLines(timeline: DrillTimeline, look: DrillLook): readonly string[] {
  const { measures } = timeline;
  const { colors, indent, width } = look;
  const most = (target: number | undefined) =>
    target === undefined ? '' : ` of at most ${duration(target)}`;
  const loss = lossWords(measures.rpo);
  const facts = [
    `lost ${measures.rpo.records === 0 ? loss : colors.red(loss)}`,
    ...(measures.rpo.exposure === undefined
      ? []
      : [`exposure ${duration(measures.rpo.exposure)}${most(measures.rpo.target)}`]),
    ...recoveries(measures).map(({ name, span }) => {
      const took = spanWords(span);
      return `${name} ${met(span) ? took : colors.red(took)}${most(span.target)}`;
    }),
    ...(measures.rate?.reached === undefined ? [] : [`full rate after ${duration(measures.rate.reached)}`]),
  ];
  return [
    ...wrap(facts.join(' · '), width, indent),
    ...recoveries(measures).flatMap(({ span }) =>
      span.phases.length === 0 ? [] : wrap([span.from, ...phaseWords(span)].join(' → '), width, indent),
    ),
    ...rows(timeline, look),
  ];
}

const blocks = '▁▂▃▄▅▆▇█';
/** Columns of a curve at most: more say no more. */
const widest = 60;

function rows(timeline: DrillTimeline, { colors, width, indent }: DrillLook): readonly string[] {
  const series = ordered(timeline.series);
  if (series.length === 0) return [];
  const range = rangeOf(timeline);
  const label = (one: TimelineSeries) =>
    (Object.hasOwn(shortNames, one.name) ? shortNames[one.name] : undefined) ?? seriesName(one);
  const names = Math.max(...series.map((one) => label(one).length));
  const highest = series.map((one) => amount(Math.max(...one.points.map(([, value]) => value)), one.unit));
  const ends = Math.max(...highest.map((text) => text.length));
  const columns = Math.min(widest, width - indent.length - names - ends - 4);
  // Too narrow a picture tells nothing.
  if (columns < 10) return [];
  const fault = faultAt(timeline);
  const column = Math.min(columns - 1, Math.max(0, Math.floor(along(fault, range, columns))));
  const before = sinceFault(range.from, fault);
  const after = sinceFault(range.to, fault);
  const lead = indent + ' '.repeat(names + 2);
  return [
    ...series.map((one, index) => {
      const drawn = sparkline(one, range, columns);
      const paint = one.name === 'errors' ? colors.red : one.name === 'commits' ? colors.green : String;
      return `${indent}${colors.dim(label(one).padEnd(names))}  ${paint(drawn)}  ${highest[index] ?? ''}`;
    }),
    `${lead}${' '.repeat(column)}${colors.red('▲')}`,
    `${lead}${colors.dim(scale(before, after, column, columns))}`,
  ];
}

const shortNames: Readonly<Record<string, string>> = {
  archived: 'WAL segments',
  commits: 'commits/s',
  errors: 'errors/s',
  exposure: 'exposure',
};

/** The ends of the time, and `fault` where there is room between them. */
function scale(before: string, after: string, column: number, columns: number): string {
  const free = columns - before.length - after.length;
  if (free < 1) return before;
  const word = 'fault';
  const left = Math.max(before.length + 1, Math.min(column - 2, columns - after.length - word.length - 1));
  const middle = free >= word.length + 2 ? ' '.repeat(left - before.length) + word : '';
  return before + middle + after.padStart(columns - before.length - middle.length);
}

/**
 * Each column's time as one of eight blocks: the mean of a rate of commits, for its outages, and else the highest value. Where a column
 * has no point, what was seen last holds; a space before the first and after the last.
 */
export function sparkline({ name, points }: TimelineSeries, range: Range, columns: number): string {
  const y = heightOf(points);
  const found = Array.from({ length: columns }, (): number[] => []);
  const column = (at: number) => Math.min(columns - 1, Math.max(0, Math.floor(along(at, range, columns))));
  for (const [at, value] of points) found[column(at)]?.push(value);
  const last = column(points.at(-1)?.[0] ?? range.from);
  let held: number | undefined;
  return found
    .map((values, index) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      if (values.length > 0) held = name === 'commits' ? mean : Math.max(...values);
      return held === undefined || index > last ? ' ' : block(held, y);
    })
    .join('');
}

/** The lowest block is 0 alone, so that a little shows. */
function block(value: number, y: Range): string {
  const share = along(value, y, blocks.length - 1);
  return blocks[value <= y.from ? 0 : Math.min(blocks.length - 1, Math.max(1, Math.round(share)))] ?? ' ';
}
