import type { On } from '../cluster/binaries.ts';
import { thisMachine } from '../cluster/machine.ts';
import { fillAtScale, type ScaleFilled } from '../data/scale/index.ts';
import { ConfigError } from '../design/config-error.ts';
import { digestOf, loadDesign } from '../design/load.ts';
import { fillError } from './fill-error.ts';
import { fillProgress } from './fill-progress.ts';
import { onDatabaseToFill } from './fill-target.ts';
import { interruptible } from './interrupt.ts';
import { print } from './output.ts';
import { whereOf } from './where.ts';

export interface FillCommandOptions {
  /** A source, or the URL of a server of the user's. */
  readonly on: string;
  readonly allowWrites?: string;
  readonly seed: number;
  readonly scale: number;
  /** The instant that times are relative to, ISO 8601. */
  readonly now?: string;
  /** Connections, and threads that make rows. Default: one for each core, from 2 to 8. */
  readonly workers?: number;
  /** Only go on with a fill that was begun. */
  readonly resume?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `pgattest fill` */
export async function fill(name: string, options: FillCommandOptions): Promise<void> {
  const { seed, scale } = options;
  if (!Number.isFinite(scale) || scale <= 0) {
    throw new ConfigError(`--scale ${scale}`, 'not a scale', 'use a number above 0');
  }
  const workers = options.workers ?? Math.min(8, Math.max(2, thisMachine().cores));
  if (!Number.isInteger(workers) || workers < 1 || workers > 64) {
    throw new ConfigError(`--workers ${workers}`, 'not a number of workers', 'use 1 to 64');
  }
  const now = instantOf(options.now);
  const where = placeOf(options);
  const loaded = await loadDesign(name, process.cwd());
  const { design } = loaded;
  if (design.data.tables.length === 0) {
    throw new ConfigError(design.file, 'the data plan has no tables', 'there is nothing to fill');
  }
  const show = fillProgress(options.quiet === true);
  const filled = await interruptible((signal) =>
    onDatabaseToFill({ design, on: where.on, signal, onPhase: show.phase }, async (target) => {
      try {
        return await fillAtScale({
          connect: target.connect,
          plan: design.data,
          design: { name: design.name, digest: digestOf(loaded), file: design.file },
          seed,
          scale,
          ...(now === undefined ? {} : { now }),
          workers,
          resume: options.resume === true,
          signal,
          onProgress: show.onProgress,
        });
      } catch (error) {
        if (signal.aborted && target.stays)
          show.note('what is loaded stays: the same command goes on from there');
        signal.throwIfAborted();
        throw fillError(error, target);
      }
    }),
  ).finally(() => show.done());
  const { database } = where;
  const told = { design: design.name, seed, scale, workers, ...(database === undefined ? {} : { database }) };
  print(options.json === true ? JSON.stringify({ ...told, ...filled }, null, 2) : summary(told, filled));
  if (database === undefined)
    show.note('the cluster was for this alone and is gone; --on postgres://… fills one that stays');
}

/** Where the rows go; a URL needs leave to write to the very database that it names. */
function placeOf(options: FillCommandOptions): {
  readonly on: On | { readonly url: string };
  readonly database?: string;
} {
  const where = whereOf(options);
  if (where.own === undefined) return { on: where.on };
  const { own, database } = where;
  if (own.writes) return { on: own, database };
  throw new ConfigError(database, 'filling writes to it', `give --allow-writes ${database}`);
}

function instantOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const now = new Date(text);
  if (!Number.isNaN(now.getTime())) return now;
  throw new ConfigError(`--now ${text}`, 'not an instant', 'use one such as 2026-03-15T12:00:00Z');
}

interface Told {
  readonly design: string;
  readonly seed: number;
  readonly scale: number;
  readonly workers: number;
}

function summary({ design, seed, scale, workers }: Told, filled: ScaleFilled): string {
  const counts = Object.values(filled.rows);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const { load, rebuild, finish } = filled.milliseconds;
  const here = rows - filled.before;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const rate = `${whole((here / load) * 1000)} rows/s, ${(filled.bytes / load / 1000).toFixed(1)} MB/s`;
  return [
    `${design}, scale ${scale}, seed ${seed}, as of ${filled.now.toISOString()}: ${whole(rows)} rows in ${counts.length} tables`,
    ...(filled.before === 0 ? [] : [`were there from an earlier attempt: ${whole(filled.before)} rows`]),
    `load     ${seconds(load)}, ${rate}, ${workers} workers`,
    `indexes  ${seconds(rebuild)}, with constraints and foreign keys`,
    `finish   ${seconds(finish)}: the plan's statements, VACUUM, ANALYZE, other foreign keys proved`,
  ].join('\n');
}

function whole(n: number): string {
  return Math.round(Number.isFinite(n) ? n : 0).toLocaleString('en');
}
