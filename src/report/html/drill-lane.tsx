import type { TimelineSeries } from '../../evidence/timeline.ts';
import { along, type Box, bars, curve, heightOf, px, type Range } from '../drill/plot.ts';
import { amount, seriesHead } from '../drill/words.ts';

const headHeight = 16;

/** The rate is what the story is about, so it has most room. */
export function laneHeight(name: string): number {
  return headHeight + (name === 'commits' ? 92 : name === 'errors' ? 28 : 44);
}

/** One curve under its name and its highest value. */
export function Lane({
  series,
  x,
  box,
  needed,
}: {
  series: TimelineSeries;
  x: Range;
  box: Box;
  needed: number | undefined;
}) {
  const { name, unit, points } = series;
  const bound = name === 'commits' ? needed : undefined;
  const y = heightOf(points, bound);
  const inner: Box = { ...box, top: box.top + headHeight, height: laneHeight(name) - headHeight };
  const bottom = inner.top + inner.height;
  const highest = points.reduce((most, [, value]) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const line = bound === undefined ? undefined : px(bottom - along(bound, y, inner.height));
  return (
    <g class={`lane ${name === 'errors' ? 'bad' : name === 'commits' ? 'rate' : 'other'}`}>
      <text class="head" x={box.left} y={box.top + 11}>
        {seriesHead(series)}
      </text>
      <text class="head" x={box.left + box.width} y={box.top + 11} text-anchor="end">
        {`highest ${amount(highest, unit)}`}
      </text>
      <path class="ground" d={`M${box.left} ${px(bottom)}h${box.width}`} />
      <Drawn name={name} points={points} x={x} y={y} box={inner} />
      {line !== undefined && (
        <>
          <path class="needed" d={`M${box.left} ${line}h${box.width}`} />
          <text class="needed" x={box.left + box.width} y={Number(line) + 12} text-anchor="end">
            95 % of before
          </text>
        </>
      )}
    </g>
  );
}

function Drawn({
  name,
  points,
  x,
  y,
  box,
}: {
  name: string;
  points: TimelineSeries['points'];
  x: Range;
  y: Range;
  box: Box;
}) {
  if (name === 'errors') return <path class="bars" d={bars(points, x, y, box) || 'M0 0'} />;
  const { line, area } = curve(points, x, y, box);
  return (
    <>
      <path class="area" d={area} />
      <path class="line" d={line} />
    </>
  );
}
