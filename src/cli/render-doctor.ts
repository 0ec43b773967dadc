import type pc from 'picocolors';
import type { DoctorReport, Limit, Tool } from '../cluster/doctor/model.ts';
import { amount } from '../cluster/doctor/purposes.ts';

type Colors = ReturnType<typeof pc.createColors>;

export interface DoctorLook {
  readonly colors: Colors;
  readonly width: number;
}

/** The report for a terminal: a line for each thing, then what follows from them. */
export function renderDoctor(report: DoctorReport, look: DoctorLook): string {
  const { tools, limits } = report;
  const names = Math.max(...[...tools, ...limits].map(({ name }) => name.length));
  const values = Math.max(
    ...tools.map((tool) => shownVersion(tool).length),
    ...limits.map(shownValue).map((text) => text.length),
  );
  const row = (mark: string, name: string, value: string, text: string) =>
    hang(`${mark} ${name.padEnd(names)}  ${value.padEnd(values)}  `, text, look);
  return [
    ...tools.flatMap((tool) => toolLines(tool, row)),
    '',
    ...limits.flatMap((limit) => row(limitMark(limit), limit.name, shownValue(limit), limitText(limit))),
    ...row(
      report.account.problem === null ? '✓' : '✗',
      'account',
      `uid ${report.account.uid}`,
      accountText(report),
    ),
    ...(report.docker?.access == null
      ? []
      : row(report.docker.answers ? '✓' : '!', 'docker socket', '', `open to ${report.docker.access}`)),
    '',
    ...readinessLines(report, look),
    ...designLines(report, look),
    ...remedies(report),
  ].join('\n');
}

type Row = (mark: string, name: string, value: string, text: string) => readonly string[];

function toolLines(tool: Tool, row: Row): readonly string[] {
  const { name, present, problem, note, enables } = tool;
  if (!present) return row('✗', name, shownVersion(tool), `${problem} · ${enables}`);
  return row(
    note === null ? '✓' : '!',
    name,
    shownVersion(tool),
    note === null ? enables : `${enables} · ${note}`,
  );
}

/** Browsers have four numbers; three tell them apart. */
function shownVersion({ version }: Tool): string {
  return version?.split('.').slice(0, 3).join('.') ?? '';
}

function limitMark({ enough }: Limit): string {
  return enough === false ? '!' : enough === null ? '?' : '✓';
}

function shownValue({ value, unit }: Limit): string {
  if (value === null) return 'unknown';
  return typeof value === 'number' ? amount(value, unit) : value;
}

function limitText({ says, enough, wanted, unit, detail }: Limit): string {
  if (enough !== false) return says;
  const short = wanted === null ? '' : `${amount(wanted, unit)} wanted · `;
  return `${short}${says}${detail === null ? '' : ` (${detail})`}`;
}

function accountText({ account }: DoctorReport): string {
  if (account.problem !== null) return account.problem;
  return account.root ? `root; servers run as ${account.servers}` : 'servers run as this account';
}

function readinessLines({ readiness }: DoctorReport, look: DoctorLook): readonly string[] {
  const ready = readiness.filter((each) => each.ready).map(({ purpose }) => purpose);
  return [
    ...hang('✓ ready here: ', ready.length === 0 ? 'nothing' : ready.join(', '), look),
    ...readiness.flatMap(({ purpose, missing }) =>
      missing.length === 0
        ? []
        : hang(`✗ ${purpose}: `, missing.map(({ name, why }) => `${name} ${why}`).join('; '), look),
    ),
  ];
}

function designLines({ design }: DoctorReport, look: DoctorLook): readonly string[] {
  if (design === null) return [];
  const checked = design.claims - design.withoutCheck;
  const able = checked - design.hindered.length;
  const head = `${design.name}: ${able} of the ${checked} claims that have a check can be checked here`;
  const claims = new Map<string, string[]>();
  for (const { claim, needs } of design.hindered) {
    const why = needs.join('; ');
    claims.set(why, [...(claims.get(why) ?? []), claim]);
  }
  return [
    '',
    ...hang(able === checked ? '✓ ' : '✗ ', head, look),
    ...[...claims].flatMap(([why, ids]) => hang('  ', `${why}: ${listed(ids)}`, look)),
    ...(design.withoutCheck === 0
      ? []
      : hang('  ', `${design.withoutCheck} more have no check yet, on any machine`, look)),
    ...design.notes.flatMap((note) => hang('  ', note, look)),
  ];
}

/** A few stand for hundreds; JSON has them all. */
function listed(ids: readonly string[]): string {
  const most = 8;
  const rest = ids.length - most;
  return rest > 0 ? `${ids.slice(0, most).join(', ')} and ${rest} more` : ids.join(', ');
}

/** One command a line, not broken, for copying. */
function remedies({ tools, limits, system }: DoctorReport): readonly string[] {
  const ways =
    system.ci !== null
      ? [system.ci]
      : system.family !== null
        ? [system.family]
        : (['debian', 'fedora', 'macos'] as const);
  const commands = [
    ...tools
      .filter(({ missing }) => missing)
      .flatMap(({ name, install }) => ways.map((way) => [name, install[way]])),
    ...limits.flatMap((limit) =>
      limit.enough === false && limit.raise !== null ? [[limit.name, limit.raise]] : [],
    ),
  ];
  if (commands.length === 0) return [];
  const width = Math.max(...commands.map(([name = '']) => name.length));
  return [
    '',
    'how to get more:',
    ...commands.flatMap(([name = '', command = '']) =>
      command.split('\n').map((line, index) => `  ${(index === 0 ? name : '').padEnd(width)}  ${line}`),
    ),
  ];
}

/** Breaks a text between words, with what follows set in. Only the mark is coloured: widths are those of plain text. */
function hang(head: string, text: string, { colors, width }: DoctorLook): readonly string[] {
  const room = Math.max(width - head.length, 20);
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  const [mark = '', rest] = [head[0], head.slice(1)];
  const colored = mark === '✓' ? colors.green(mark) : mark === ' ' ? mark : colors.yellow(mark);
  return lines.map((line, index) =>
    index === 0 ? `${colored}${rest}${line}`.trimEnd() : `${' '.repeat(head.length)}${line}`,
  );
}
