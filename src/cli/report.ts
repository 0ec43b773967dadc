import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ConfigError } from '../design/config-error.ts';
import { readRun } from '../evidence/index.ts';
import { type ReporterName, reporters } from '../report/index.ts';
import { renderTerminal } from '../report/terminal.ts';
import { findRun } from './find-run.ts';
import { colorOf, print } from './output.ts';

/** `pgattest report` */
export async function report(
  name: string,
  options: { readonly format: string; readonly write?: string; readonly runs: string },
): Promise<void> {
  if (!Object.hasOwn(reporters, options.format)) {
    throw new ConfigError(
      `--format ${options.format}`,
      'unknown report',
      `use one of ${Object.keys(reporters).join(', ')}`,
    );
  }
  const evidence = await readRun(await findRun(name, options.runs));
  if (options.write !== undefined) {
    const folder = resolve(options.write);
    await mkdir(folder, { recursive: true });
    for (const reporter of Object.values(reporters)) {
      const path = join(folder, reporter.file);
      await writeFile(path, reporter.render(evidence));
      print(path);
    }
    return;
  }
  const color = colorOf(process.stdout);
  print(
    options.format === 'terminal'
      ? renderTerminal(evidence, { color, width: process.stdout.columns ?? 100 })
      : reporters[options.format as ReporterName].render(evidence),
  );
}
