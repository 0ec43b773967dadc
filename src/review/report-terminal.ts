import { createColors } from 'picocolors';
import { clean, wrap } from '../findings/terminal-text.ts';
import type { Counts, Finding, Review } from './model.ts';

export interface TerminalOptions {
  readonly color: boolean;
  readonly width: number;
  /** Notes too, which are many in a document of size. */
  readonly notes: boolean;
}

type Colors = ReturnType<typeof createColors>;

const indent = 7;

/** The findings by line, then the counts of each part, the most important last, where a terminal shows it. */
export function renderTerminal(review: Review, options: TerminalOptions): string {
  const colors = createColors(options.color);
  const shown = review.findings.filter(({ severity }) => options.notes || severity !== 'note');
  const notes = review.findings.length - shown.length;
  const lines = [
    ...shown.flatMap((finding) => findingLines(finding, review, options, colors)),
    ...(shown.length === 0 ? [] : ['']),
    ...table(review),
    '',
    ...review.notes.map((note) => colors.dim(clean(note))),
    summary(review, colors),
    ...(notes === 0 ? [] : [colors.dim(`${notes} notes are not shown; --notes shows them`)]),
  ];
  return `${lines.join('\n')}\n`;
}

function findingLines(
  finding: Finding,
  review: Review,
  { width }: TerminalOptions,
  colors: Colors,
): string[] {
  const marks = {
    error: colors.red('error  '),
    warning: colors.yellow('warning'),
    note: colors.dim('note   '),
  };
  const statement = finding.rule.startsWith('sql.')
    ? review.statements.find(({ line }) => line === finding.line)?.statement
    : undefined;
  const head = `${`L${finding.line}`.padEnd(6)} ${marks[finding.severity]} ${finding.rule}`;
  return [
    statement === undefined ? head : `${head}  ${colors.dim(clean(statement))}`,
    ...wrap(finding.says, width, indent),
    ...(finding.fix === undefined ? [] : wrap(`fix: ${finding.fix}`, width, indent)),
  ];
}

const columns: readonly (readonly [string, (counts: Counts) => number])[] = [
  ['statements', (counts) => counts.statements],
  ['fail as written', (counts) => counts.failedAsWritten],
  ['first-order', (counts) => counts.firstOrder],
  ['of these hidden', (counts) => counts.hidden],
  ['after fixes', (counts) => counts.failedAfterFixes],
  ['templates', (counts) => counts.templates],
  ['fragments', (counts) => counts.fragments],
  ['not run', (counts) => counts.notRun],
];

function table(review: Review): string[] {
  const rows = [
    ...review.parts.map(({ title, line, counts }) => ({ name: `${title} (L${line})`, counts })),
    ...(review.parts.length > 1 ? [{ name: 'together', counts: review.counts }] : []),
  ];
  const widest = Math.min(48, Math.max(...rows.map(({ name }) => name.length), 4));
  const name = (text: string) =>
    text.length > widest ? `${text.slice(0, widest - 1)}…` : text.padEnd(widest);
  const head = `${name('part')}  ${columns.map(([title]) => title).join('  ')}`;
  return [
    head,
    ...rows.map(
      (row) =>
        `${name(clean(row.name))}  ${columns.map(([title, of]) => String(of(row.counts)).padStart(title.length)).join('  ')}`,
    ),
  ];
}

function summary({ document, findings, counts }: Review, colors: Colors): string {
  const of = (severity: Finding['severity']) => findings.filter((each) => each.severity === severity).length;
  const parts = [
    colors.red(`${of('error')} errors`),
    colors.yellow(`${of('warning')} warnings`),
    `${of('note')} notes`,
  ].join(' · ');
  return `${clean(document.name)}: ${parts} · ${counts.failedAsWritten} of ${counts.statements} statements fail as written, ${counts.failedAfterFixes} after fixes`;
}
