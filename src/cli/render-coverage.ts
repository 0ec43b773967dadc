import { createColors } from 'picocolors';
import type { BoundaryRow } from '../checks/access/conditions/boundary-rows.ts';
import { describePlace, describeUndecided, describeWanted } from '../checks/access/conditions/undecided.ts';
import { duration, oneLine, visible, wrap } from '../report/text.ts';
import type { CoverageReport } from '../scenarios/coverage.ts';

export interface CoverageLook {
  readonly color: boolean;
  readonly width: number;
}

type Colors = ReturnType<typeof createColors>;

/** Every condition with how often it decides, by table and clause; then what is left, what is declared, and the rows made. */
export function renderCoverage(report: CoverageReport, { color, width }: CoverageLook): string {
  const colors = createColors(color);
  const lines: string[] = [];
  const fill = (text: string, indent: string) => lines.push(...wrap(visible(oneLine(text)), width, indent));
  lines.push(...tableOf(report, colors, width));
  const left = report.undecided.filter(({ declared }) => declared === undefined);
  if (left.length > 0) lines.push('', colors.bold('Nothing hangs on'));
  for (const each of left) {
    fill(describeUndecided(each), '  ');
    fill(`would do: ${describeWanted(each)}`, '      ');
  }
  const reasons = new Set(report.undecided.flatMap(({ declared }) => declared ?? []));
  if (reasons.size > 0) lines.push('', colors.bold('Declared as beyond any data'));
  for (const { table, policy, rule, clause, condition, reason } of reasons) {
    const what = [policy ?? `rule for ${rule}`, clause, condition].filter((part) => part !== undefined);
    fill(`${table}: ${what.join(', ')}: ${reason}`, '  ');
  }
  for (const { table, policy, rule, condition } of report.stale)
    fill(
      `declared, and decided or not there: ${table}, ${policy ?? rule}, ${condition ?? 'all of it'}`,
      '  ',
    );
  if (report.boundary !== undefined) lines.push('', colors.bold('Rows made'));
  for (const { undecided, row, reason } of report.boundary ?? []) {
    fill(describeUndecided(undecided), '  ');
    const made = row === null ? 'decided by a row made before' : `${colors.green('+')} ${describeRow(row)}`;
    fill(reason ?? made, '      ');
  }
  return [...lines, '', coverageLine(report), ''].join('\n');
}

function describeRow({ table, of, set }: BoundaryRow): string {
  const changes = Object.entries(set).map(([column, sql]) => `${column} = ${sql}`);
  return `in ${table} as ${of.join(' / ')}, with ${changes.join(', ')}`;
}

function tableOf({ entries, undecided }: CoverageReport, colors: Colors, width: number): readonly string[] {
  const lines: string[] = [];
  let place = '';
  for (const entry of entries) {
    const own = describePlace(entry);
    if (own !== place) lines.push(colors.bold(own));
    place = own;
    const sides = undecided.filter((each) => each.entry === entry);
    const cell = (side: 'true' | 'false', count: number, least: boolean) => {
      const open = sides.find((each) => each.side === side);
      const text = (
        open !== undefined ? (open.declared ? 'declared' : 'none') : `${least ? '≥' : ''}${count}`
      ).padStart(9);
      return open === undefined ? text : open.declared ? colors.dim(text) : colors.red(text);
    };
    const least = entry.inside !== null;
    const byFalse = entry.canBeFalse ? cell('false', entry.byFalse, least) : '–'.padStart(9);
    const what = visible(oneLine(entry.condition ?? 'as a whole'));
    const room = Math.max(width - 24 - (least ? 2 : 0), 20);
    const shown = what.length > room ? `${what.slice(0, room - 1)}…` : what;
    lines.push(`  ${cell('true', entry.byTrue, least)} ${byFalse}  ${least ? '  ' : ''}${shown}`);
  }
  return lines.length === 0
    ? []
    : [`  ${'by true'.padStart(9)} ${'by false'.padStart(9)}  condition`, ...lines];
}

/** Counts in one line. */
export function coverageLine({
  design,
  entries,
  undecided,
  boundary,
  confirmed,
  milliseconds,
}: CoverageReport): string {
  const sides = entries.reduce((sum, { canBeFalse }) => sum + (canBeFalse ? 2 : 1), 0);
  const declared = undecided.filter((each) => each.declared !== undefined).length;
  return [
    `${design}: ${entries.length} conditions`,
    `${sides - undecided.length} of ${sides} sides decide`,
    `${declared} declared`,
    `${undecided.length - declared} decide nothing`,
    ...(boundary === undefined
      ? []
      : [`${boundary.filter(({ row }) => row !== null).length} rows made for ${confirmed} of them`]),
    duration(milliseconds),
  ].join(' · ');
}

/** The rows made, as SQL for `after` of a data plan. */
export function boundarySql({ design, boundary = [] }: CoverageReport): string {
  const rows = boundary.flatMap(({ undecided, row }) =>
    row === null ? [] : [`-- ${oneLine(describeUndecided(undecided))}\n${row.statement};\n`],
  );
  return [
    `-- Boundary rows of ${design}, made by pgattest coverage: each decides a condition that no other row does.`,
    'SET LOCAL session_replication_role = replica;',
    ...rows,
    'SET LOCAL session_replication_role = origin;',
    '',
  ].join('\n');
}
