import { createColors } from 'picocolors';
import type { FindingsReport, ReportedFinding } from './model.ts';
import { clean, wrap } from './terminal-text.ts';

export interface TerminalOptions {
  readonly color: boolean;
  readonly width: number;
  /** Notes too. */
  readonly notes: boolean;
}

const indent = 8;

/** The findings, worst first, then what was looked at and what was not. */
export function renderFindings(report: FindingsReport, { color, width, notes }: TerminalOptions): string {
  const colors = createColors(color);
  const marks = {
    error: colors.red('error  '),
    warning: colors.yellow('warning'),
    note: colors.dim('note   '),
  };
  const shown = report.findings.filter(({ severity }) => notes || severity !== 'note');
  const hidden = report.findings.length - shown.length;
  const { looked, notLookedAt } = report;
  const lines = [
    ...shown.flatMap(({ id, severity, says, why, fix, place }) => [
      `${marks[severity]} ${id}${place === undefined ? '' : `  ${colors.dim(`${clean(place.file)}:${place.line}`)}`}`,
      ...wrap(`${says}: ${why}`, width, indent),
      ...wrap(`fix: ${fix}`, width, indent),
    ]),
    ...(shown.length === 0 ? [] : ['']),
    ...notLookedAt.map(({ id, needs }) => `not looked at: ${id} needs ${clean(needs)}`),
    colors.dim(
      `${looked.relations} relations, ${looked.policies} policies, ${looked.functions} functions, ${looked.triggers} triggers on ${clean(report.server)}`,
    ),
    colors.dim(
      `requests come as: ${clean(looked.requestRoles.join(', ')) || 'nobody that policies bind'}; rows are divided by: ${clean(looked.tenantColumns.join(', ')) || 'no column that was recognized'}`,
    ),
    `${clean(report.database)}: ${count(report.findings, 'error', colors.red)} · ${count(report.findings, 'warning', colors.yellow)} · ${count(report.findings, 'note', (text) => text)}`,
    ...(hidden === 0 ? [] : [colors.dim(`${hidden} notes are not shown; --notes shows them`)]),
  ];
  return `${lines.join('\n')}\n`;
}

function count(
  findings: readonly ReportedFinding[],
  severity: ReportedFinding['severity'],
  paint: (text: string) => string,
): string {
  const { length } = findings.filter((each) => each.severity === severity);
  return length === 0 ? `0 ${severity}s` : paint(`${length} ${severity}${length === 1 ? '' : 's'}`);
}
