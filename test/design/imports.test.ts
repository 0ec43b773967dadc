import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { problemsOf } from './import-directions.ts';

const src = fileURLToPath(new URL('../../src/', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path))
  .sort();

test('imports go one way, only the command line touches process, no default exports, no long files', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap((path) => problemsOf({ path, text: readFileSync(src + path, 'utf8') }))).toEqual([]);
});

describe('the rules themselves notice', () => {
  test.each([
    ['evidence/model.ts', `import { Claim } from '../design/design.ts';`, 'evidence may not import design'],
    [
      'evidence/model.ts',
      `import type { Claim } from "../design/design.ts";`,
      'evidence may not import design',
    ],
    [
      'report/junit.ts',
      `import { startCluster } from '../cluster/cluster.ts';`,
      'report may not import cluster',
    ],
    [
      'report/html/index.ts',
      `import {\n  a,\n  b,\n} from '../../checks/check.ts';`,
      'report may not import checks',
    ],
    ['checks/access/x.ts', `import '../../scenarios/run.ts';`, 'checks may not import scenarios'],
    ['checks/access/x.ts', `export * from '../../cli/main.ts';`, 'checks may not import cli'],
    ['cluster/host.ts', `const x = await import('../scenarios/run.ts');`, 'cluster may not import scenarios'],
    ['data/fill.ts', `import { Session } from '../cluster/session.ts';`, 'data may not import cluster'],
    ['scenarios/run.ts', `import { print } from '../cli/output.ts';`, 'scenarios may not import cli'],
    ['index.ts', `export { run } from './cli/run.ts';`, 'src may not import cli'],
    ['faults/x.ts', `import { a } from '../checks/check.ts';`, 'faults may not import checks'],
    ['faults/load/x.ts', `import { a } from '../../load/judge/index.ts';`, 'faults may not import load'],
    ['load/drive/x.ts', `import { a } from '../../checks/check.ts';`, 'load may not import checks'],
    ['load/drive/x.ts', `import { a } from '../../scenarios/stage.ts';`, 'load may not import scenarios'],
    ['cluster/x.ts', `import { a } from '../load/usage/index.ts';`, 'cluster may not import load'],
    ['elsewhere/x.ts', `import { a } from './b.ts';`, 'no rule for the folder elsewhere'],
    ['cli/x.ts', `import { a } from './b';`, 'without .ts'],
    ['cli/x.ts', `import { a } from './b.js';`, 'without .ts'],
    ['cli/x.ts', `import { a } from '../../fixtures/saas/gcp.ts';`, 'from outside src'],
    ['cli/x.ts', `import { defineDesign } from 'pgattest';`, 'imports the package itself'],
    ['scenarios/run.ts', 'const home = process.env.HOME;', 'touches process'],
    ['scenarios/run.ts', 'const home = `$' + '{process.env.HOME}/x`;', 'touches process'],
    ['checks/check.ts', 'process.exit(1);', 'touches process'],
    ['checks/check.ts', `import { env } from 'node:process';`, 'touches process'],
    ['checks/check.ts', `process?.stdout.write('x');`, 'touches process'],
    ['checks/check.ts', 'export default function check() {}', 'has a default export'],
    ['checks/check.ts', 'export { check as default };', 'has a default export'],
    ['cli/x.ts', '\n'.repeat(401), 'has 401 lines'],
  ])('%s: %j', (path, text, expected) => {
    expect(problemsOf({ path, text }).join('\n')).toContain(expected);
  });

  test.each([
    ['cli/run.ts', `import { executePlan } from '../scenarios/run.ts';\nprocess.exitCode = 1;`],
    ['cluster/machine.ts', 'export const pid = process.pid;'],
    [
      'evidence/a.ts',
      `import { b } from './b.ts';\nimport { z } from 'zod';\nimport { join } from 'node:path';`,
    ],
    [
      'checks/access/a.ts',
      `import { relation } from '../../catalog/lookup.ts';\nimport { b } from '../check.ts';`,
    ],
    [
      'evidence/a.ts',
      `// import { x } from '../cli/main.ts'; process.exit()\n/* process.env */ const a = 'process.env';`,
    ],
    [
      'cluster/ending.ts',
      `import { processTable } from './process-table.ts';\nprocesses.map((each) => each.pid);`,
    ],
    ['cli/x.ts', '\n'.repeat(400)],
  ])('and nothing in %s: %j', (path, text) => {
    expect(problemsOf({ path, text })).toEqual([]);
  });
});
