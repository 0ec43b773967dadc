import pc from 'picocolors';
import type { On } from '../cluster/binaries.ts';
import { ConfigError } from '../design/config-error.ts';
import { loadDesign } from '../design/load.ts';
import { exitCodes } from '../evidence/verdict.ts';
import { renderWhy } from '../load/why/index.ts';
import { interruptible } from './interrupt.ts';
import { colorOf, print } from './output.ts';
import { progress } from './progress.ts';
import { whereOf } from './where.ts';
import { askWhy } from './why-ask.ts';

export interface WhyCommandOptions {
  /** A source, or the URL of a server of the user's. */
  readonly on: string;
  readonly allowWrites?: string;
  readonly seed: number;
  readonly scale: number;
  /** One of the workload's mixes. */
  readonly mix: string;
  /** How long the mix is played for pg_stat_statements. */
  readonly seconds: number;
  /** Of each ratio. */
  readonly pairs: number;
  /** Measures through the design's pooler too. */
  readonly pooler?: boolean;
  /** The application sends its statements unprepared. */
  readonly unprepared?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const fewestPairs = 5;
/** Findings that a terminal shows. */
const most = 12;

/** `pgattest why`: exit code 0 when it could be measured, whatever was found; 3 when no statement could. */
export async function why(name: string, options: WhyCommandOptions): Promise<void> {
  if (options.pairs < fewestPairs) {
    throw new ConfigError(
      `--pairs ${options.pairs}`,
      'too few to tell a ratio from noise',
      `use at least ${fewestPairs}`,
    );
  }
  const where = placeOf(options);
  const { design } = await loadDesign(name, process.cwd());
  const show = progress(options.quiet === true);
  const report = await interruptible((signal) =>
    askWhy({ ...options, design, on: where, signal, onEvent: show.onEvent }),
  ).finally(() => show.done());
  print(
    options.json === true
      ? JSON.stringify(report, null, 2)
      : renderWhy(report, {
          colors: pc.createColors(colorOf(process.stdout)),
          width: Math.max(process.stdout.columns ?? 110, 60),
          most,
        }),
  );
  const measured = report.statements.some(({ ms }) => ms !== null);
  process.exitCode = measured ? exitCodes.proved : exitCodes.unproved;
}

/** A server of the user's is looked at alone. */
function placeOf(options: WhyCommandOptions): On | { url: string; writes: boolean } {
  const where = whereOf(options);
  if (where.own === undefined) return where.on;
  if (options.pooler !== true) return where.own;
  throw new ConfigError(
    '--pooler',
    'a server of yours is looked at alone, without what stands around it',
    'leave it out',
  );
}
