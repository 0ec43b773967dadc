import { writeFile } from 'node:fs/promises';
import type { On } from '../cluster/binaries.ts';
import { globOf } from '../design/glob.ts';
import { builtInDesigns, loadDesign } from '../design/load.ts';
import { exitCodes } from '../evidence/verdict.ts';
import { type CoverageReport, executeCoverage } from '../scenarios/coverage.ts';
import { interruptible } from './interrupt.ts';
import { colorOf, print } from './output.ts';
import { progress } from './progress.ts';
import { boundarySql, coverageLine, renderCoverage } from './render-coverage.ts';

export interface CoverageCommandOptions {
  readonly on: On;
  readonly seed: number;
  readonly scale: number;
  readonly only?: string;
  readonly boundary?: boolean;
  readonly write?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `pgattest coverage`: exit code 3 when something is neither decided nor declared. */
export async function coverage(name: string, options: CoverageCommandOptions): Promise<void> {
  const names = name === 'all' ? builtInDesigns().map((design) => design.name) : [name];
  const show = progress(options.quiet === true);
  const reports: CoverageReport[] = [];
  await interruptible(async (signal) => {
    for (const each of names) {
      const { design } = await loadDesign(each, process.cwd());
      const { on, seed, scale, only } = options;
      const boundary = options.boundary === true || options.write !== undefined;
      const report = await executeCoverage({
        design,
        on,
        seed,
        scale,
        boundary,
        ...(only === undefined ? {} : { only: globOf(only) }),
        signal,
        onEvent: show.onEvent,
      });
      reports.push(report);
      show.done();
      if (options.json !== true) {
        const width = Math.max(process.stdout.columns ?? 110, 60);
        print(renderCoverage(report, { color: colorOf(process.stdout), width }));
      }
    }
  }).finally(() => show.done());
  if (options.json === true) print(JSON.stringify(reports, null, 2));
  else if (reports.length > 1) print(reports.map(coverageLine).join('\n'));
  if (options.write !== undefined) await writeFile(options.write, reports.map(boundarySql).join('\n'));
  const open = reports.some(
    ({ undecided, stale }) => stale.length > 0 || undecided.some(({ declared }) => declared === undefined),
  );
  process.exitCode = open ? exitCodes.unproved : exitCodes.proved;
}
