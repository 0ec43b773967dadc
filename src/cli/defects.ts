import { createColors } from 'picocolors';
import type { On } from '../cluster/binaries.ts';
import { ConfigError } from '../design/config-error.ts';
import { builtInDesigns, loadDesign } from '../design/load.ts';
import type { ValidDesign } from '../design/validate.ts';
import { exitCodes } from '../evidence/verdict.ts';
import { duration, oneLine, wrap } from '../report/text.ts';
import { type DefectReport, type DefectResult, executeDefects } from '../scenarios/defects.ts';
import { interruptible } from './interrupt.ts';
import { colorOf, print } from './output.ts';
import { progress } from './progress.ts';

export interface DefectsCommandOptions {
  readonly on: On;
  readonly seed: number;
  readonly scale: number;
  readonly only?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `pgattest defects` */
export async function defects(name: string, options: DefectsCommandOptions): Promise<void> {
  const designs = await chosen(name, options);
  const show = progress(options.quiet === true);
  const reports: DefectReport[] = [];
  await interruptible(async (signal) => {
    for (const design of designs) {
      const { on, seed, scale } = options;
      const only = options.only === undefined ? {} : { only: new Set(options.only.split(',')) };
      const report = await executeDefects({
        design,
        on,
        seed,
        scale,
        ...only,
        signal,
        onEvent: show.onEvent,
      });
      reports.push(report);
      if (options.json !== true) {
        show.done();
        print(renderDefects(report));
      }
    }
  }).finally(() => show.done());
  if (options.json === true) print(JSON.stringify(reports, null, 2));
  else if (reports.length > 1) print(reports.map(lastLine).join('\n'));
  const bad = reports.some(
    ({ defects, unsound }) => unsound.length > 0 || defects.some(({ outcome }) => outcome === 'survived'),
  );
  process.exitCode = bad ? exitCodes.refuted : exitCodes.proved;
}

async function chosen(name: string, { only }: DefectsCommandOptions): Promise<readonly ValidDesign[]> {
  const names = name === 'all' ? builtInDesigns().map((design) => design.name) : [name];
  const designs = await Promise.all(
    names.map(async (each) => (await loadDesign(each, process.cwd())).design),
  );
  const known = new Set(designs.flatMap((design) => (design.defects ?? []).map(({ id }) => id)));
  if (known.size === 0) {
    throw new ConfigError(
      name,
      'no known defects',
      'list them in `defects` of the design; see docs/defects.md',
    );
  }
  const unknown = (only?.split(',') ?? []).find((id) => !known.has(id));
  if (unknown !== undefined) {
    throw new ConfigError(
      `--only ${only}`,
      `no defect ${unknown}`,
      `use ids such as ${[...known].slice(0, 3)}`,
    );
  }
  return designs.filter((design) =>
    (design.defects ?? []).some(({ id }) => only === undefined || only.split(',').includes(id)),
  );
}

/** Each defect with the claims that caught it and their messages, survivors marked, and a line of counts. */
function renderDefects(report: DefectReport): string {
  const colors = createColors(colorOf(process.stdout));
  const width = Math.max(process.stdout.columns ?? 110, 60);
  const marks = {
    caught: colors.green('✓'),
    survived: colors.red('✗'),
    'not-assessable': colors.dim('–'),
  };
  const lines: string[] = [];
  const fill = (text: string, indent: string) => lines.push(...wrap(oneLine(text), width, indent));
  for (const defect of report.defects) {
    const [head = '', ...rest] = wrap(oneLine(defect.says), width, ' '.repeat(8));
    lines.push(
      `${marks[defect.outcome]} ${colors.bold(defect.id.padStart(4))}  ${head.trimStart()}`,
      ...rest,
    );
    if (defect.reason !== undefined) fill(`not assessable: ${defect.reason}`, ' '.repeat(8));
    for (const each of defect.catches) {
      lines.push(`        ${each.caught ? colors.green('caught by') : colors.red('survives')} ${each.claim}`);
      fill(each.message, ' '.repeat(10));
    }
  }
  for (const { claim, why } of report.unsound) {
    lines.push(`${colors.red('✗')} ${claim} does not hold on the repaired design`);
    fill(why, ' '.repeat(8));
  }
  return [...lines, lastLine(report), ''].join('\n');
}

function lastLine({ design, defects, unsound }: DefectReport): string {
  const count = (outcome: DefectResult['outcome']) =>
    defects.filter((defect) => defect.outcome === outcome).length;
  const work = defects.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return [
    `${design}: ${defects.length} defects`,
    `${count('caught')} caught`,
    `${count('survived')} survived`,
    `${count('not-assessable')} not assessable`,
    ...(unsound.length > 0 ? [`${unsound.length} claims unsound`] : []),
    `${duration(work)} of checks`,
  ].join(' · ');
}
