import path from 'node:path';
import type { K6Options } from './model.ts';

/** Where k6 leaves its figures. */
export function summaryFile(folder: string): string {
  return path.join(folder, 'k6-summary.json');
}

/** The command, and what it sees of the environment: nothing of the caller's K6_ variables may change a run. */
export function commandOf(options: K6Options, searchPath: string) {
  const { binary, script, folder, segment, args = [], processors } = options;
  const k6 = [
    path.resolve(binary),
    'run',
    '--no-usage-report',
    '--no-color',
    '--address=',
    '--log-format=json',
    `--summary-export=${summaryFile(path.resolve(folder))}`,
    ...(segment === undefined
      ? []
      : [`--execution-segment=${segment.part}`, `--execution-segment-sequence=${segment.sequence}`]),
    ...args,
    path.resolve(script),
  ];
  const [file = '', ...rest] = processors === undefined ? k6 : ['taskset', '-c', processors, ...k6];
  const env = {
    ...options.env,
    PATH: searchPath,
    // k6 reads a configuration below HOME.
    HOME: path.resolve(folder),
    PGATTEST_STOP_WITH_STDIN: '1',
    ...(options.password === undefined ? {} : { PGATTEST_PASSWORD: options.password }),
  };
  return { file, args: rest, env };
}
