import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { findFile } from '../../../src/cluster/doctor/ask.ts';
import { thisMachine } from '../../../src/cluster/machine.ts';
import { k6IsAtHand } from '../../../src/load/k6/at-hand.ts';
import { expectNothingLeft, pgattest, scratch, start } from '../../cli/command.ts';

const source = fileURLToPath(new URL('../notes/design.ts', import.meta.url));

/** A file that is the design of the tests of load, in a project of its own. */
function project(): string {
  const folder = scratch();
  writeFileSync(
    join(folder, 'design.ts'),
    `import { notes } from ${JSON.stringify(source)};\nexport default notes();\n`,
  );
  return folder;
}

const only = (...ids: readonly string[]) => [
  ...['run', 'design.ts', '--scenario', 'nightly', '--scale', '1'],
  ...ids.flatMap((id) => ['--only', `notes.load.${id}`]),
];

beforeEach(({ skip }) => {
  if (!k6IsAtHand()) skip('no Go to build k6 with');
  if (findFile(['pgbouncer'], thisMachine()) === undefined) skip('PgBouncer is not installed');
});

test('what a run keeps open for its load is gone at its end', async () => {
  const folder = project();
  const { code, stderr } = await pgattest(folder, only('clients', 'isolation'));
  expect(stderr).toMatch(/isolation.*every other transaction of nobody/);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expectNothingLeft(folder);
}, 300_000);

test('and when it is interrupted', async () => {
  const folder = project();
  const run = start(folder, only('isolation'));
  await run.line(/every other transaction of nobody.*: [1-9]\d* %/);
  run.child.kill('SIGINT');
  const { code, stderr } = await run.ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(/^pgattest: interrupted by SIGINT$/m);
  expect(stderr).not.toMatch(/^\s+at /m);
  expectNothingLeft(folder);
  // What was found until then is kept.
  expect(readdirSync(join(folder, 'reports', 'runs'))).toHaveLength(1);
}, 300_000);
