import pc from 'picocolors';
import type { ClaimStanding, FigureChange, RunComparison, ValueChange } from '../load/series/index.ts';

/** A comparison of two runs for the terminal. */
export function renderComparison(comparison: RunComparison, { color }: { readonly color: boolean }): string {
  const paint = pc.createColors(color);
  const { from, to, apart, verdicts, added, removed, conditions, settings, figures } = comparison;
  const mark = { worse: paint.red, better: paint.green, other: paint.dim } as const;
  const sections: string[][] = [
    [
      `${paint.bold(from.run)}  ${from.design}, ${from.startedAt}, ${duration(from.seconds)}`,
      `${paint.bold(to.run)}  ${to.design}, ${to.startedAt}, ${duration(to.seconds)}`,
    ],
    section(
      'Verdicts that changed',
      verdicts.map(({ claim, from: was, to: is, reason, worth }) =>
        mark[worth](`${claim}  ${was} → ${is}${reason === undefined ? '' : `: ${oneLine(reason)}`}`),
      ),
    ),
    section('Claims added', added.map(claimLine)),
    section('Claims removed', removed.map(claimLine)),
    section('Conditions', conditions.map(valueLine)),
    section('Settings', settings.map(valueLine)),
    ...(figures.length === 0
      ? []
      : [
          section(
            apart.length === 0 ? 'Figures' : `Figures, not comparable (${apart.join('; ')})`,
            table(figures).map((line, at) => {
              const differs = figures[at - 1]?.differs;
              return differs === 'worse' || differs === 'better' ? mark[differs](line) : line;
            }),
          ),
        ]),
  ].filter((lines) => lines.length > 0);
  if (sections.length === 1) sections.push(['Nothing differs.']);
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function table(figures: readonly FigureChange[]): readonly string[] {
  const rows = [
    ['figure', 'unit', 'first', 'second', 'ratio', 'noise', 'differs'],
    ...figures.map(({ name, unit, from, to, ratio, noise, differs }) => [
      name,
      unit,
      digits(from),
      digits(to),
      digits(ratio),
      noise === undefined ? '-' : `${digits(noise[0])} to ${digits(noise[1])}`,
      differs === 'unknown' ? 'too few runs to tell' : differs,
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const numeric = new Set([2, 3, 4]);
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return numeric.has(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

function claimLine({ claim, standing }: ClaimStanding): string {
  return `${claim}  ${standing}`;
}

function valueLine({ name, from, to }: ValueChange): string {
  return `${name}: ${from ?? 'not there'} → ${to ?? 'not there'}`;
}

/** Four digits at most, all of a large number. */
function digits(value: number | undefined): string {
  if (value === undefined) return '-';
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
}

function duration(seconds: number | undefined): string {
  if (seconds === undefined) return 'did not end';
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
