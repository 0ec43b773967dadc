import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Starts Vitest, as a user would, on a file of cases that fail or never end. */
export function startCase(name: string, reporter: 'json' | 'default', env: Record<string, string> = {}) {
  return execa(
    process.execPath,
    [
      `${root}node_modules/vitest/vitest.mjs`,
      'run',
      '--config',
      `${root}test/vitest/cases/vitest.config.ts`,
      `--reporter=${reporter}`,
      `${name}.case.ts`,
    ],
    { cwd: root, env: { ...env, NO_COLOR: '1', CI: '' }, reject: false, all: true },
  );
}

/** A test as Vitest's JSON reporter tells it. */
export interface CaseResult {
  readonly title: string;
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
  readonly meta: Record<string, unknown>;
}

export async function runCase(name: string): Promise<readonly CaseResult[]> {
  const { stdout } = await startCase(name, 'json');
  const report = JSON.parse(stdout.slice(stdout.indexOf('{"num'))) as {
    testResults: { assertionResults: CaseResult[] }[];
  };
  return report.testResults.flatMap(({ assertionResults }) => assertionResults);
}
