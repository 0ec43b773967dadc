import { createColors } from 'picocolors';
import type { MutantResult, MutationReport } from '../mutation/report.ts';
import { duration, oneLine, plural, visible, wrap } from '../report/text.ts';

export interface MutationLook {
  readonly color: boolean;
  readonly width: number;
}

type Counts = MutationReport['total'];

/** Survivors with their difference, equivalents with their reason, the table of scores, and a line of counts. */
export function renderMutation(report: MutationReport, { color, width }: MutationLook): string {
  const colors = createColors(color);
  const lines: string[] = [];
  const fill = (text: string, indent: string) => lines.push(...wrap(oneLine(text), width, indent));
  for (const mutant of report.mutants.filter(({ fate }) => fate === 'survived' || fate === 'stumbled')) {
    lines.push(`${colors.red('✗')} ${colors.bold(visible(mutant.id))}  ${mutant.fate}`);
    fill(mutant.says, '    ');
    for (const line of differenceOf(mutant)) {
      lines.push(
        `    ${(line.startsWith('+') ? colors.green : line.startsWith('-') ? colors.red : colors.dim)(visible(line))}`,
      );
    }
    fill(mutant.tried?.length ? `tried: ${mutant.tried.join(', ')}` : 'no claim looks at it', '    ');
    for (const { claim, error } of mutant.stumbles ?? []) fill(`${claim ?? ''} stumbled: ${error}`, '    ');
    for (const each of mutant.undecided ?? []) fill(`data that may kill it: ${each}`, '    ');
  }
  const equivalents = new Map<string, string[]>();
  for (const { reason = '', id } of report.mutants.filter(({ fate }) => fate === 'equivalent')) {
    equivalents.set(reason, [...(equivalents.get(reason) ?? []), id]);
  }
  for (const [reason, [first = '', ...more]] of equivalents) {
    lines.push(`${colors.dim('=')} ${visible(first)}${more.length > 0 ? ` and ${more.length} more` : ''}`);
    fill(reason, '    ');
  }
  for (const { id, stumbles } of report.mutants.filter(({ fate }) => fate === 'invalid')) {
    lines.push(`${colors.dim('–')} ${visible(id)}  no mutant`);
    fill(stumbles?.[0]?.error ?? '', '    ');
  }
  for (const { claim, why } of report.unsound) {
    lines.push(`${colors.red('✗')} ${claim} does not hold without a mutant, so it kills none`);
    fill(why, '    ');
  }
  for (const { mutant, why } of report.misdeclared) {
    lines.push(`${colors.red('✗')} ${visible(mutant)} is declared equivalent and is not`);
    fill(why, '    ');
  }
  return [...lines, '', ...tableOf(report), '', lastLine(report), ''].join('\n');
}

/** Counts of a design in one line. */
export function lastLine(report: MutationReport): string {
  const { total, design, misdeclared, unsound, milliseconds } = report;
  const invalid = report.mutants.filter(({ fate }) => fate === 'invalid').length;
  const rate = Math.round((total.mutants / Math.max(milliseconds, 1)) * 60_000);
  return [
    `${design}: ${plural(total.mutants, 'mutant')}`,
    `${total.killed} killed`,
    `${total.equivalent} equivalent`,
    `${total.survived} survived`,
    ...(invalid > 0 ? [`${invalid} invalid`] : []),
    ...(unsound.length > 0 ? [`${plural(unsound.length, 'claim')} unsound`] : []),
    ...(misdeclared.length > 0 ? [`${misdeclared.length} misdeclared`] : []),
    `score ${percent(total.score)}`,
    `${duration(milliseconds)}, ${rate} a minute`,
  ].join(' · ');
}

function tableOf({ groups, total }: MutationReport): readonly string[] {
  const rows = [
    ...groups.map(({ group, ...counts }) => [group, counts] as const),
    ['in all', total as Counts] as const,
  ];
  const wide = Math.max(...rows.map(([name]) => visible(name).length), 12);
  const cells = (values: readonly (string | number)[]) =>
    values.map((value) => String(value).padStart(11)).join('');
  return [
    `${''.padEnd(wide)}${cells(['mutants', 'killed', 'equivalent', 'survived', 'score'])}`,
    ...rows.map(([name, counts]) => {
      const { mutants, killed, equivalent, survived, score } = counts;
      return `${visible(name).padEnd(wide)}${cells([mutants, killed, equivalent, survived, percent(score)])}`;
    }),
  ];
}

function percent(score: number): string {
  return `${score.toFixed(1)} %`;
}

/** Lines that are taken away and lines that come instead, with one line around them. */
function differenceOf({ before = '', after = '' }: MutantResult): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const context = start > 0 ? [`  ${old[start - 1]}`] : [];
  return [
    ...context,
    ...old
      .slice(start, old.length - end)
      .filter((line) => line !== '')
      .map((line) => `- ${line}`),
    ...now
      .slice(start, now.length - end)
      .filter((line) => line !== '')
      .map((line) => `+ ${line}`),
  ];
}
