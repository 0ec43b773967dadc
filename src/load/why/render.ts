import type pc from 'picocolors';
import { percent } from './detect-policies.ts';
import { short, times } from './facts.ts';
import type { StatementReport, WhyFinding, WhyReport } from './model.ts';

type Colors = ReturnType<typeof pc.createColors>;

export interface WhyLook {
  readonly colors: Colors;
  /** Columns of the terminal. */
  readonly width: number;
  /** Findings below are counted, not printed; default: all are printed. */
  readonly most?: number;
}

/** The report for a terminal: findings first, the costliest on top, then statements and tables. */
export function renderWhy(report: WhyReport, look: WhyLook): string {
  const { findings, statements, tables, notes, load, mix, server, design } = report;
  const most = look.most ?? findings.length;
  const weights =
    load === null
      ? 'shares by calls in the mix times the time of one'
      : `shares of ${Math.round(load.calls)} statements in ${short(load.seconds)} s`;
  return [
    look.colors.bold(`${design}: why is it slow`),
    ...hang(
      '  ',
      `${server}; mix ${mix}; ${weights}${report.writes ? '' : '; writes were not executed'}`,
      look,
    ),
    '',
    ...(findings.length === 0 ? ['nothing found that costs more than noise'] : []),
    ...findings.slice(0, most).flatMap((each, index) => [...findingLines(each, index + 1, look), '']),
    ...(findings.length > most ? [`and ${findings.length - most} more, in --json`, ''] : []),
    ...statementTable(statements, look),
    ...actorLines(statements, look),
    ...(tables.length === 0 ? [] : ['', ...tableTable(report, look)]),
    ...notes.flatMap((note) => hang('  note: ', note, look)),
  ].join('\n');
}

function findingLines(each: WhyFinding, number: number, look: WhyLook): readonly string[] {
  const { colors } = look;
  const color = { high: colors.red, medium: colors.yellow, low: colors.dim }[each.severity];
  const evidence = Object.entries(each.evidence).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? shownNumber(name, value) : value}`,
  );
  const effect = each.effect.map(
    ({ statement, speedup }) =>
      `${statement} ${times(speedup)} faster: ${short(speedup.aMs)} → ${short(speedup.bMs)} ms, ${speedup.pairs} pairs`,
  );
  return [
    ...hang(`${number}. `, each.says, look).map((line, at) =>
      at === 0
        ? `${color(`${each.severity.padEnd(6)} ${percent(each.share).padStart(6)}`)}  ${line}`
        : `${' '.repeat(15)}${line}`,
    ),
    ...(evidence.length === 0 ? [] : hang('     evidence: ', evidence.join(', '), look)),
    ...fixLines(each.fix),
    ...(each.caution === null ? [] : hang('     caution:  ', each.caution, look)),
    ...effect.flatMap((line, at) => hang(at === 0 ? '     measured: ' : '               ', line, look)),
    ...(each.untried === null ? [] : hang('     untried:  ', each.untried, look)),
  ];
}

/** Not broken between words: it is for copying. A long one is whole in JSON. */
function fixLines(fix: string): readonly string[] {
  const lines = fix.split('\n');
  const most = 6;
  const rest = lines.length - most;
  const shown = rest > 0 ? [...lines.slice(0, most), `… ${rest} more in --json`] : lines;
  return shown.map((line, at) => `${at === 0 ? '     fix:      ' : '               '}${line}`);
}

function shownNumber(name: string, value: number): string {
  if (/Ms$/.test(name)) return `${short(value)} ms`;
  return Number.isInteger(value) ? String(value) : short(value);
}

function statementTable(statements: readonly StatementReport[], look: WhyLook): readonly string[] {
  const rows = statements.map((each) => [
    each.name,
    percent(each.share),
    each.ms === null ? '—' : short(each.ms),
    each.planningMs === null ? '—' : short(each.planningMs),
    each.rows === null ? '—' : String(Math.round(each.rows)),
    each.rls === null ? '—' : `${short(each.rls.ratio)}${each.rls.sameRows ? '' : '*'}`,
    each.audit === null ? '—' : short(each.audit.ratio),
    each.plans === null ? '—' : short(each.plans.ratio),
    each.pooler === null ? '—' : short(each.pooler.p50),
  ]);
  const head = ['statement', 'share', 'ms', 'plan ms', 'rows', 'RLS', 'audit', 'generic', 'pooler'];
  const starred = statements.some(({ rls }) => rls?.sameRows === false);
  return [
    ...columns([head, ...rows], look),
    ...(starred ? ['  * without row security other rows come back: not the price alone'] : []),
    ...statements.flatMap(({ name, notes }) => notes.flatMap((note) => hang(`  ${name}: `, note, look))),
  ];
}

/** Actors for whom a statement takes much longer than for the one who sends it. */
function actorLines(statements: readonly StatementReport[], look: WhyLook): readonly string[] {
  return statements.flatMap(({ name, ms, actors }) => {
    const slowest = [...actors].sort((one, other) => (other.ms ?? 0) - (one.ms ?? 0))[0];
    if (ms === null || slowest?.ms === undefined || slowest.ms < 3 * ms || slowest.ms < 1) return [];
    return hang(
      `  ${name}: `,
      `as ${slowest.actor} ${short(slowest.ms)} ms, ${slowest.rows ?? 0} rows`,
      look,
    );
  });
}

function tableTable({ tables }: WhyReport, look: WhyLook): readonly string[] {
  const cell = (value: number | null) => (value === null ? '—' : short(value));
  return columns(
    [
      ['table', 'RLS', 'audit', 'HOT'],
      ...tables.map(({ table, rls, audit, hotShare }) => [
        table,
        cell(rls),
        cell(audit),
        hotShare === null ? '—' : percent(hotShare),
      ]),
    ],
    look,
  );
}

/** The first column to the left, the rest to the right; the head dimmed. */
function columns(rows: readonly (readonly string[])[], { colors }: WhyLook): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => [...(row[at] ?? '')].length)));
  return rows.map((row, line) => {
    const text = row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ');
    return line === 0 ? colors.dim(text) : text;
  });
}

/** Breaks a text between words, with what follows set in. */
function hang(head: string, text: string, { width }: WhyLook): readonly string[] {
  const room = Math.max(width - head.length, 30);
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line, at) => (at === 0 ? head : ' '.repeat(head.length)) + line);
}
