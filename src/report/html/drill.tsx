import type { DrillTimeline } from '../../evidence/timeline.ts';
import {
  amount,
  faultAt,
  lossWords,
  met,
  ordered,
  phaseWords,
  recoveries,
  seriesHead,
  sinceFault,
  spanWords,
} from '../drill/words.ts';
import { duration, grouped, oneLine, utc } from '../text.ts';
import { Chart } from './drill-chart.tsx';
import { Scroll } from './scroll.tsx';

/** What happened in a drill and when: the figures, the picture, and the same as tables. */
export function Drill({ timeline, id, title }: { timeline: DrillTimeline; id: string; title: string }) {
  return (
    <figure class="timeline">
      <Figures timeline={timeline} />
      <Scroll label="Timeline">
        <Chart timeline={timeline} id={id} title={`Timeline of ${oneLine(title)}`} says={wordsOf(timeline)} />
      </Scroll>
      <figcaption>
        Seconds before and after the fault, on the client's steady clock. It began at{' '}
        {utc(timeline.startedAt)}. Numbers are the marks below.
      </figcaption>
      <Marks timeline={timeline} />
      <Curves timeline={timeline} />
    </figure>
  );
}

/** The picture in sentences. */
function wordsOf({ measures }: DrillTimeline): string {
  const ways = recoveries(measures).map(
    ({ name, span }) => `${name} ${[spanWords(span), ...phaseWords(span)].join(', ')}.`,
  );
  const reached = measures.rate?.reached;
  return [
    `Lost: ${lossWords(measures.rpo)}.`,
    ...ways,
    ...(reached === undefined ? [] : [`Full rate ${duration(reached)} after the fault.`]),
    'The marks and the curves stand in the tables below.',
  ].join(' ');
}

function Figures({ timeline: { measures } }: { timeline: DrillTimeline }) {
  const { rpo, rate, restore, injector } = measures;
  const most = (target: number | undefined) =>
    target === undefined ? '' : `, promised at most ${duration(target)}`;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Lost (RPO)', `${lossWords(rpo)}${rpo.loses === 'nothing' ? ', promised none' : most(rpo.target)}`],
    ['RPO exposure', rpo.exposure === undefined ? undefined : `${duration(rpo.exposure)}${most(rpo.target)}`],
    ...recoveries(measures).map(
      ({ name, span }) =>
        [
          name === 'RTO' ? 'Writes good again (RTO)' : 'Restored',
          `${spanWords(span)}${most(span.target)}${met(span) ? '' : ': not met'}`,
        ] as const,
    ),
    [
      'Full rate',
      rate && (rate.reached === undefined ? 'not seen' : `${duration(rate.reached)} after the fault`),
    ],
    [
      'Fetched',
      restore?.bytesPerSecond === undefined
        ? undefined
        : `${amount(restore.bytesPerSecond, 'bytes')} a second`,
    ],
    [
      'Replayed',
      restore?.segmentsPerSecond === undefined
        ? undefined
        : `${amount(restore.segmentsPerSecond, 'segments')} segments of WAL a second`,
    ],
    ['Breaking it took', injector === undefined ? undefined : duration(injector)],
  ];
  return (
    <dl class="facts">
      {facts.map(
        ([name, value]) =>
          value !== undefined && (
            <div>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function Marks({ timeline }: { timeline: DrillTimeline }) {
  const fault = faultAt(timeline);
  return (
    <Scroll label="Marks of the timeline">
      <table class="lines marks">
        <thead>
          <tr>
            <th scope="col">Mark</th>
            <th scope="col">When</th>
            <th scope="col">After the one before</th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {timeline.marks.map(({ name, at, says }, index) => {
            const before = timeline.marks[index - 1]?.at;
            return (
              <tr>
                <th scope="row">
                  {index + 1} {oneLine(name)}
                </th>
                <td>{sinceFault(at, fault)}</td>
                <td>{before === undefined ? '' : duration(at - before)}</td>
                <td>{oneLine(says)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Curves for whoever cannot see them: what they were before the fault, how far they went after it, and where they ended. */
function Curves({ timeline }: { timeline: DrillTimeline }) {
  const series = ordered(timeline.series);
  const fault = faultAt(timeline);
  if (series.length === 0) return null;
  return (
    <details class="sql">
      <summary>The curves as a table</summary>
      <Scroll label="Curves of the timeline">
        <table class="lines counts">
          <thead>
            <tr>
              <th scope="col">Curve</th>
              <th scope="col">Median before the fault</th>
              <th scope="col">Lowest after it</th>
              <th scope="col">Highest after it</th>
              <th scope="col">Last</th>
              <th scope="col">Points</th>
            </tr>
          </thead>
          <tbody>
            {series.map((one) => {
              const values = (after: boolean) =>
                one.points.filter(([at]) => at >= fault === after).map(([, value]) => value);
              const cell = (value: number | undefined) =>
                value === undefined ? '–' : amount(value, one.unit);
              const [before, after] = [values(false), values(true)];
              const sorted = after.toSorted((a, b) => a - b);
              return (
                <tr>
                  <th scope="row">{seriesHead(one)}</th>
                  <td>{cell(before.toSorted((a, b) => a - b)[before.length >> 1])}</td>
                  <td>{cell(sorted[0])}</td>
                  <td>{cell(sorted.at(-1))}</td>
                  <td>{cell(one.points.at(-1)?.[1])}</td>
                  <td>{grouped(one.points.length)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}
