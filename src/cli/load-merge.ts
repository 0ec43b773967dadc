import path from 'node:path';
import { exitCodes } from '../evidence/verdict.ts';
import { type MergeReport, mergeReport, parseThreshold } from '../load/distributed/index.ts';
import { measureFiles } from '../load/recording/measure.ts';
import { print } from './output.ts';
import { columns } from './render-columns.ts';

export interface LoadMergeCommandOptions {
  /** Seconds to drop, from where all parts run. */
  readonly warmUp: number;
  readonly parts?: number;
  readonly threshold?: readonly string[];
  readonly json?: boolean;
}

/** `pgattest load merge`: exit code 1 when a threshold does not hold over the whole, 3 when parts are missing or were cut off. */
export async function loadMerge(files: readonly string[], options: LoadMergeCommandOptions): Promise<void> {
  const thresholds = (options.threshold ?? []).map(parseThreshold);
  const { warmUp } = options;
  const parts = [];
  for (const file of files) {
    parts.push({ name: path.relative('.', file), measured: await measureFiles([file]) });
  }
  const report = mergeReport(parts, await measureFiles(files, { warmUp }), thresholds, options.parts);
  print(options.json === true ? JSON.stringify(report, null, 2) : render(report));
  process.exitCode =
    report.problems.length > 0
      ? exitCodes.unproved
      : report.thresholds.every(({ holds }) => holds)
        ? exitCodes.proved
        : exitCodes.refuted;
}

function render({ parts, whole, latency, thresholds, problems }: MergeReport): string {
  const rows = [...parts, whole].map(
    ({ name, reads, writes, errors, wrong, dropped, seconds }) =>
      [
        name,
        `${reads} reads, ${writes} writes, ${errors} errors, ${wrong} wrong, ${dropped ?? 'unknown'} dropped, ${seconds?.toFixed(1) ?? 'unknown'} s`,
      ] as const,
  );
  return [
    ...columns(rows),
    ...latency.map(
      ({ kind, p50, p99, p999, max }) =>
        `${kind}: p50 ${ms(p50)}, p99 ${ms(p99)}, p99.9 ${ms(p999)}, max ${ms(max)}`,
    ),
    ...thresholds.map(
      ({ text, actual, holds }) =>
        `${holds ? 'holds' : 'does not hold'}: ${text} (${actual === undefined ? 'nothing recorded' : Number(actual.toPrecision(5))})`,
    ),
    ...problems.map((problem) => `not judged: ${problem}`),
  ].join('\n');
}

function ms(milliseconds: number): string {
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`;
}
