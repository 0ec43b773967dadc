import { copyFile } from 'node:fs/promises';
import type { On } from '../cluster/binaries.ts';
import { loadDesign } from '../design/load.ts';
import type { Driven } from '../load/drive/bench.ts';
import type { LoadScript } from '../load/drive/scripts.ts';
import { describeFigures, judge } from '../load/judge/index.ts';
import { driveLoad } from '../scenarios/drive-load.ts';
import { interruptible } from './interrupt.ts';
import { print } from './output.ts';
import { progress } from './progress.ts';
import { columns } from './render-columns.ts';

export interface LoadDriveCommandOptions {
  readonly on: On;
  readonly seed: number;
  readonly scale: number;
  readonly script: LoadScript;
  readonly mix: string;
  readonly rate?: number;
  readonly clients: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly direct?: boolean;
  readonly segments: number;
  readonly keep?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `pgattest load drive` */
export async function loadDrive(name: string, options: LoadDriveCommandOptions): Promise<void> {
  const loaded = await loadDesign(name, process.cwd());
  const show = progress(options.quiet === true);
  const results: { name: string; driven: Driven }[] = [];
  await interruptible((signal) =>
    driveLoad({
      ...options,
      loaded,
      direct: options.direct === true,
      signal,
      onEvent: show.onEvent,
      onDriven: async (what, driven) => {
        results.push({ name: what, driven });
        if (options.keep !== undefined) await keep(driven, options.keep, results.length);
      },
    }),
  ).finally(() => show.done());
  const judged = results.map(({ name: what, driven: { measured, usage } }) => ({
    name: what,
    judgement: judge({ target: { read: 0, write: 0 }, runs: [{ measured, usage }] }),
  }));
  if (options.json === true) {
    print(JSON.stringify(judged, null, 2));
    return;
  }
  for (const { name: what, judgement } of judged) {
    const rows = describeFigures(judgement)
      .filter(({ actual }) => actual !== 'not measured')
      .map(({ label, actual }) => [label, actual] as const);
    const statements = judgement.service.map(
      ({ of, count, p50, p99, max }) =>
        [`${of}`, `${count} answers, service p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)}`] as const,
    );
    print([what, ...columns(rows), '', ...columns(statements), ''].join('\n'));
  }
}

/** Each generator's recording as it is: `load merge` puts them together. */
async function keep({ recordings }: Driven, file: string, run: number): Promise<void> {
  for (const [at, recording] of recordings.entries()) {
    const names = [
      ...(run === 1 ? [] : [String(run)]),
      ...(recordings.length === 1 ? [] : [`part-${at + 1}`]),
    ];
    await copyFile(
      recording,
      file.replace(/(\.jsonl)?$/, `${names.map((name) => `-${name}`).join('')}.jsonl`),
    );
  }
}

function ms(milliseconds: number): string {
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`;
}
