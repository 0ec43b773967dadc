import type { On } from '../cluster/binaries.ts';
import { builtInDesigns, loadDesign } from '../design/load.ts';
import type { ValidDesign } from '../design/validate.ts';
import { exitCodes } from '../evidence/verdict.ts';
import { executeMutation, type MutationReport } from '../mutation/index.ts';
import { interruptible } from './interrupt.ts';
import { colorOf, print } from './output.ts';
import { progress } from './progress.ts';
import { lastLine, renderMutation } from './render-mutation.ts';

export interface MutateCommandOptions {
  readonly on: On;
  readonly seed: number;
  readonly scale: number;
  readonly only?: string;
  /** Percent. */
  readonly under: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** How often progress says how far it is, in mutants. */
const step = 50;

/** `pgattest mutate`: exit code 1 when a score is under the limit, or a declared equivalent is none. */
export async function mutate(name: string, options: MutateCommandOptions): Promise<void> {
  const designs = await chosen(name);
  const show = progress(options.quiet === true);
  const reports: MutationReport[] = [];
  await interruptible(async (signal) => {
    for (const design of designs) {
      const { on, seed, scale, only } = options;
      const report = await executeMutation({
        design,
        on,
        seed,
        scale,
        ...(only === undefined ? {} : { only }),
        signal,
        onEvent: show.onEvent,
        onMutant: (_, done, of) => {
          if (done % step === 0 || done === of)
            show.onEvent({ type: 'phase', name: 'mutants', detail: `${done} of ${of}` });
        },
      });
      reports.push(report);
      show.done();
      if (options.json !== true) {
        print(
          renderMutation(report, {
            color: colorOf(process.stdout),
            width: Math.max(process.stdout.columns ?? 110, 60),
          }),
        );
      }
    }
  }).finally(() => show.done());
  if (options.json === true) print(JSON.stringify(reports, null, 2));
  else if (reports.length > 1) print(reports.map(lastLine).join('\n'));
  const bad = reports.some(({ total, misdeclared }) => total.score < options.under || misdeclared.length > 0);
  const ran = reports.some(({ total }) => total.mutants > 0);
  process.exitCode = bad ? exitCodes.refuted : ran ? exitCodes.proved : exitCodes.unproved;
}

async function chosen(name: string): Promise<readonly ValidDesign[]> {
  const names = name === 'all' ? builtInDesigns().map((design) => design.name) : [name];
  return Promise.all(names.map(async (each) => (await loadDesign(each, process.cwd())).design));
}
