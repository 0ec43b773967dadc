import type { DrillTimeline } from '../../evidence/timeline.ts';
import { along, type Box, px, type Range, rangeOf, ticks } from '../drill/plot.ts';
import { faultAt, ordered, sinceFault } from '../drill/words.ts';
import { duration, oneLine } from '../text.ts';
import { Lane, laneHeight } from './drill-lane.tsx';

/** Units of the picture; it is as wide as the page lets it be. */
const width = 760;
const side = 12;
const strip = { top: 18, height: 20 };
const axisHeight = 22;
const pinHeight = 18;
/** Of a label in the strip, by its number of letters. */
const letterWidth = 5.8;

/** The timeline of a drill: phases as bands, the fault as a line, a lane for each curve, numbered marks below. Needs no script. */
export function Chart({
  timeline,
  id,
  title,
  says,
}: {
  timeline: DrillTimeline;
  id: string;
  title: string;
  says: string;
}) {
  const x = rangeOf(timeline);
  const series = ordered(timeline.series);
  const box: Box = { left: side, top: strip.top + strip.height + 8, width: width - 2 * side, height: 0 };
  let bottom = box.top;
  const lanes = series.map((one) => {
    const top = bottom;
    bottom += laneHeight(one.name) + 10;
    return { one, top };
  });
  const pins = pinsOf(timeline, x, box);
  const rows = 1 + pins.reduce((most, { row }) => Math.max(most, row), 0);
  const height = bottom + axisHeight + rows * pinHeight + 4;
  const fault = faultAt(timeline);
  const at = (moment: number) => box.left + along(moment, x, box.width);
  return (
    <svg class="drill" viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={`${id}-t ${id}-d`}>
      <title id={`${id}-t`}>{title}</title>
      <desc id={`${id}-d`}>{says}</desc>
      <Bands timeline={timeline} at={at} bottom={bottom} />
      {lanes.map(({ one, top }) => (
        <Lane series={one} x={x} box={{ ...box, top }} needed={timeline.measures.rate?.needed} />
      ))}
      {timeline.marks.some(({ name }) => name === 'fault') && (
        <g class="fault">
          <path d={`M${px(at(fault))} ${strip.top}V${bottom}`} />
          <text x={px(Math.min(Math.max(at(fault), 20), width - 20))} y={strip.top - 5} text-anchor="middle">
            fault
          </text>
        </g>
      )}
      <Axis x={x} fault={fault} at={at} top={bottom} />
      {pins.map(({ number, at: moment, left, row, name, when }) => (
        <g class={name === 'fault' ? 'pin broke' : 'pin'}>
          <title>{`${oneLine(name)}, ${when}`}</title>
          <path d={`M${px(at(moment))} ${bottom}v4`} />
          <circle cx={px(left)} cy={bottom + axisHeight + row * pinHeight + 8} r="7.5" />
          <text x={px(left)} y={bottom + axisHeight + row * pinHeight + 11.5} text-anchor="middle">
            {number}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** Phases of the way back; what of it a name does not fit into is told by its colour's title and the table. */
function Bands({
  timeline,
  at,
  bottom,
}: {
  timeline: DrillTimeline;
  at: (moment: number) => number;
  bottom: number;
}) {
  const { rto, restore } = timeline.measures;
  return (
    <g class="bands">
      {(rto ?? restore)?.phases.map(({ name, from, to }, index) => {
        const left = at(from);
        const wide = Math.max(0.5, at(to) - left);
        const label = oneLine(name);
        return (
          <g class={index % 2 === 0 ? 'even' : 'odd'}>
            <title>{`${label}: ${duration(to - from)}`}</title>
            <rect class="whole" x={px(left)} y={strip.top} width={px(wide)} height={bottom - strip.top} />
            <rect class="name" x={px(left)} y={strip.top} width={px(wide)} height={strip.height} />
            <text x={px(left + wide / 2)} y={strip.top + 14} text-anchor="middle">
              {wide > label.length * letterWidth + 6 ? label : ''}
            </text>
          </g>
        );
      })}
    </g>
  );
}

function Axis(props: { x: Range; fault: number; at: (moment: number) => number; top: number }) {
  const { x, fault, at, top } = props;
  return (
    <g class="axis">
      <path d={`M${side} ${px(top)}H${width - side}`} />
      {ticks(x, fault, 9).map((distance) => {
        const left = at(fault + distance);
        const anchor = left < 30 ? 'start' : left > width - 30 ? 'end' : 'middle';
        return (
          <>
            <path d={`M${px(left)} ${px(top)}v4`} />
            <text x={px(left)} y={top + 16} text-anchor={anchor}>
              {sinceFault(fault + distance, fault)}
            </text>
          </>
        );
      })}
    </g>
  );
}

interface Pin {
  readonly number: number;
  readonly at: number;
  readonly left: number;
  readonly row: number;
  readonly name: string;
  readonly when: string;
}

/** Marks by their number in the table, each in the first row in which it hides no other. */
function pinsOf(timeline: DrillTimeline, x: Range, box: Box): readonly Pin[] {
  const ends: number[] = [];
  const fault = faultAt(timeline);
  return timeline.marks.map(({ name, at }, index) => {
    const left = Math.min(Math.max(box.left + along(at, x, box.width), side), width - side);
    const found = ends.findIndex((end) => left - end >= 17);
    const row = found === -1 ? ends.length : found;
    ends[row] = left;
    return { number: index + 1, at, left, row, name, when: sinceFault(at, fault) };
  });
}
