import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { On } from '../cluster/binaries.ts';
import { ConfigError } from '../design/config-error.ts';
import { exitCodes } from '../evidence/verdict.ts';
import {
  readDocument,
  renderJson,
  renderSarif,
  renderTerminal,
  review as reviewDocument,
} from '../review/index.ts';
import { interruptible } from './interrupt.ts';
import { version } from './main.ts';
import { colorOf, print } from './output.ts';

export interface ReviewCommandOptions {
  readonly on: On;
  readonly format: 'terminal' | 'json' | 'sarif';
  readonly from?: string;
  readonly to?: string;
  readonly notes?: boolean;
}

/** `pgattest review`: exit code 1 when something is an error. */
export async function review(file: string, options: ReviewCommandOptions): Promise<void> {
  const text = await readDocument(file, await open(file));
  const { on, from, to } = options;
  const found = await interruptible((signal) =>
    reviewDocument(file === '-' ? 'standard input' : file, text, {
      on,
      version: version(),
      signal,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    }),
  );
  switch (options.format) {
    case 'json':
      print(renderJson(found));
      break;
    case 'sarif':
      print(renderSarif(found));
      break;
    case 'terminal':
      print(
        renderTerminal(found, {
          color: colorOf(process.stdout),
          width: process.stdout.columns ?? 110,
          notes: options.notes === true,
        }),
      );
  }
  const errors = found.findings.some(({ severity }) => severity === 'error');
  process.exitCode = errors ? exitCodes.refuted : exitCodes.proved;
}

async function open(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === '-') return process.stdin;
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === 'ENOENT' ? 'no such file' : `cannot be read (${error.code})`;
    throw new ConfigError(file, what, 'give a document, or - for standard input');
  });
  if (found.isDirectory()) throw new ConfigError(file, 'is a folder', 'give a document');
  return createReadStream(file);
}
