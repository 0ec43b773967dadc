import type { Judgement, LatencyFigures, RateFigures } from './model.ts';
import { cores, count, milliseconds, percent } from './words.ts';

export interface DescribedFigure {
  readonly label: string;
  /** `—` where nothing is promised. */
  readonly expected: string;
  readonly actual: string;
  /** Undefined where nothing is promised, or nothing is known. */
  readonly agrees: boolean | undefined;
}

const none = '—';

/** Every figure of a judgement as a row of a table, what is promised first. */
export function describeFigures(judgement: Judgement): readonly DescribedFigure[] {
  return [
    ...rate('reads', judgement.read, judgement),
    ...rate('writes', judgement.write, judgement),
    ...latencies(judgement),
    ...failed(judgement),
    ...experiment(judgement),
    ...limit(judgement),
  ];
}

function rate(name: string, figures: RateFigures, { limits, runs }: Judgement): readonly DescribedFigure[] {
  const { target, interval } = figures;
  const asked = target > 0;
  const spread =
    interval === undefined
      ? ''
      : `, 95 % interval of the mean ${count(interval.from)} to ${count(interval.to)}`;
  const row = (label: string, expected: string, actual: string, agrees: boolean): DescribedFigure =>
    asked && runs.length > 0
      ? { label: `${name}: ${label}`, expected, actual, agrees }
      : { label: `${name}: ${label}`, expected: none, actual, agrees: undefined };
  const { offered } = figures;
  return [
    ...(offered === undefined
      ? []
      : [row('offered a second', `at least ${count(target)}`, count(offered), offered >= target)]),
    row(
      'median of the runs a second',
      `at least ${count(target)}`,
      `${count(figures.median)}${spread}`,
      figures.median >= target,
    ),
    row(
      'seconds that reached it',
      `at least ${percent(limits.buckets)}`,
      percent(figures.reached),
      figures.reached >= limits.buckets,
    ),
    { label: `${name}: least second`, expected: none, actual: count(figures.leastSecond), agrees: undefined },
    row(
      'coefficient of variation',
      `at most ${limits.variation}`,
      figures.variation.toFixed(3),
      figures.variation <= limits.variation,
    ),
  ];
}

function latencies({ bounds, latency, service }: Judgement): readonly DescribedFigure[] {
  const shown = ({ of }: LatencyFigures) => of === 'read' || of === 'write' || of === 'transaction';
  const row =
    (what: string) =>
    (figures: LatencyFigures): DescribedFigure => ({
      label: `${what} of ${figures.of}: p50, p90, p95, p99, p99.9, max`,
      expected: none,
      actual: [figures.p50, figures.p90, figures.p95, figures.p99, figures.p999, figures.max]
        .map(milliseconds)
        .join(', '),
      agrees: undefined,
    });
  return [
    ...bounds.map(({ of, percentile, milliseconds: most, actual, together }) => ({
      label: `latency of ${of}: ${percentile === 100 ? 'max' : `p${percentile}`}`,
      expected: `at most ${milliseconds(most)}`,
      actual: together === undefined ? 'not judged' : milliseconds(together),
      agrees: actual.includes(undefined)
        ? undefined
        : actual.every((each) => each !== undefined && each <= most),
    })),
    ...latency.filter(shown).map(row('latency from the schedule')),
    ...service.filter(shown).map(row('service time')),
  ];
}

function failed({
  target,
  dropped,
  scheduled,
  errors,
  errorRate,
  wrong,
}: Judgement): readonly DescribedFigure[] {
  const atMost = (share: number) => (share === 0 ? '0' : `at most ${percent(share)}`);
  const dropRate = dropped === 0 ? 0 : scheduled === undefined || scheduled === 0 ? 1 : dropped / scheduled;
  const classes = Object.entries(errors).map(([name, each]) => `${name} ${count(each)}`);
  return [
    {
      label: 'transactions dropped',
      expected: atMost(target.dropRate ?? 0),
      actual: dropped === 0 ? '0' : `${count(dropped)} (${percent(dropRate)})`,
      agrees: dropRate <= (target.dropRate ?? 0),
    },
    {
      label: 'errors',
      expected: atMost(target.errorRate ?? 0),
      actual: classes.length === 0 ? '0' : `${percent(errorRate)}; by class: ${classes.join(', ')}`,
      agrees: errorRate <= (target.errorRate ?? 0),
    },
    { label: 'wrong answers', expected: '0', actual: count(wrong), agrees: wrong === 0 },
  ];
}

function experiment(judgement: Judgement): readonly DescribedFigure[] {
  const { runs, limits, headroom, poolerHeadroom } = judgement;
  const shortest = runs.length === 0 ? 0 : Math.min(...runs.map(({ seconds }) => seconds));
  return [
    {
      label: 'runs',
      expected: `at least ${limits.runs}`,
      actual: count(runs.length),
      agrees: runs.length >= limits.runs,
    },
    {
      label: 'seconds of the shortest',
      expected: `at least ${limits.seconds}`,
      actual: count(shortest),
      agrees: shortest >= limits.seconds,
    },
    {
      label: 'headroom of the generator',
      expected: `at least ${limits.headroom}`,
      actual: headroom === undefined ? 'not measured' : headroom.toFixed(2),
      agrees: headroom === undefined ? false : headroom >= limits.headroom,
    },
    ...(poolerHeadroom === undefined
      ? []
      : [
          {
            label: 'SELECT 1 through the pooler ÷ target',
            expected: none,
            actual: poolerHeadroom.toFixed(2),
            agrees: undefined,
          },
        ]),
  ];
}

function limit({ bottleneck, alsoShort, needs, blind }: Judgement): readonly DescribedFigure[] {
  const fact = (label: string, actual: string): DescribedFigure => ({
    label,
    expected: none,
    actual,
    agrees: undefined,
  });
  const interval = needs?.interval;
  return [
    ...(bottleneck === undefined
      ? []
      : [fact('nearest to its limit', `${bottleneck.who}: ${bottleneck.evidence}`)]),
    ...alsoShort.map(({ who, evidence }) => fact('short as well', `${who}: ${evidence}`)),
    ...(needs === undefined
      ? []
      : [
          fact(
            'cores that the target takes at this cost',
            `${needs.cores.toFixed(2)}${interval === undefined ? '' : ` (95 % interval ${interval.from.toFixed(2)} to ${interval.to.toFixed(2)})`}: ${needs.by
              .map(
                (each) =>
                  `${each.component} ${cores(each.cores)}, ${each.microseconds.toFixed(1)} µs a statement`,
              )
              .join('; ')}`,
          ),
        ]),
    ...blind.map((what) => fact('not seen', what)),
  ];
}
