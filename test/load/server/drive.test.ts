import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { k6IsAtHand } from '../../../src/load/k6/at-hand.ts';
import {
  expectNothingLeft,
  expectRefused,
  pgattest,
  processesIn,
  scratch,
  start,
} from '../../cli/command.ts';
import { writeTiny } from '../../cli/tiny.ts';

const source = fileURLToPath(new URL('../notes/design.ts', import.meta.url));

/** A file that is the design of the tests of load, in a project of its own. */
function project(): string {
  const folder = scratch();
  writeFileSync(
    join(folder, 'design.ts'),
    `import { notes } from ${JSON.stringify(source)};\nexport default notes({ pooler: false });\n`,
  );
  return folder;
}

const short = ['--scale', '1', '--seconds', '3', '--warm-up', '1', '--clients', '2'];

beforeEach(({ skip }) => {
  if (!k6IsAtHand()) skip('no Go to build k6 with');
});

describe('what is asked for and cannot be is refused', () => {
  test.each([
    [['--mix', 'none'], /workload\.mixes: no none; use one of read, write, mixed/],
    [['--mix', 'constructor'], /workload\.mixes: no constructor/],
    [['--script', 'ramp'], /ramp: it works by the clock; give --rate/],
    [['--script', 'replica-reads', '--rate', '10'], /it declares no replicas/],
    [['--script', 'nope'], /--script.*invalid/],
    [['--rate', '0'], /--rate/],
    [['--clients', '0'], /--clients: nobody to drive it; give at least 1/],
    [['--seconds', '0'], /--seconds: no time to drive it/],
  ])('%j', async (args, says) => {
    const folder = project();
    await expectRefused(folder, ['load', 'drive', 'design.ts', ...short, ...args], says);
    expectNothingLeft(folder);
  });

  test('a design without a workload', async () => {
    const folder = scratch();
    writeTiny(folder);
    await expectRefused(
      folder,
      ['load', 'drive', 'design.ts', ...short],
      /design\.ts: no workload; .*workloads\.md/,
    );
    expectNothingLeft(folder);
  });
});

test('a mix is driven, its recording kept, and nothing else left', async () => {
  const folder = project();
  const { code, stdout } = await pgattest(folder, [
    ...['load', 'drive', 'design.ts', '--json', '--quiet', '--keep', 'kept.jsonl'],
    ...short,
  ]);
  expect(code).toBe(0);
  const [{ name, judgement }] = JSON.parse(stdout);
  expect(name).toBe('mix');
  expect(judgement.read.mean).toBeGreaterThan(0);
  expect(
    JSON.parse(readFileSync(join(folder, 'kept.jsonl'), 'utf8').trimEnd().split('\n').at(-1) ?? ''),
  ).toMatchObject({
    end: { complete: true },
  });
  expectNothingLeft(folder);
});

const long = ['load', 'drive', 'design.ts', '--scale', '1', '--seconds', '60', '--clients', '2'];

test('Ctrl-C in the middle ends it with 130 and leaves nothing', async () => {
  const folder = project();
  const run = start(folder, long);
  await run.line(/mix mixed: [1-9]\d* %/);
  run.child.kill('SIGINT');
  const { code, stdout, stderr } = await run.ended;
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr).toMatch(/^pgattest: interrupted by SIGINT$/m);
  expect(stderr).not.toMatch(/^\s+at /m);
  expectNothingLeft(folder);
});

test.runIf(existsSync('/proc/self'))(
  'a server that is gone in the middle is said, and nothing is left',
  async () => {
    const folder = project();
    const run = start(folder, [...long.slice(0, 5), '--seconds', '8', '--clients', '2', '--warm-up', '0']);
    await run.line(/mix mixed: [1-9]\d* %/);
    expect(processesIn(folder).some((command) => command.includes('postgres'))).toBe(true);
    killPostmaster(folder);
    const { code, stdout, stderr } = await run.ended;
    expect(stderr).not.toMatch(/^\s+at /m);
    // Either it says so, or its figures do: errors of class 08, connection exceptions.
    expect({ code, said: `${stdout}${stderr}` }).toMatchObject({
      said: expect.stringMatching(/08|server .*(gone|stopped|ended)|terminat|refused/i),
    });
    expectNothingLeft(folder);
  },
);

function killPostmaster(folder: string): void {
  const found = execFileSync('find', [folder, '-name', 'postmaster.pid'], { encoding: 'utf8' });
  const [file] = found.split('\n').filter(Boolean);
  if (file === undefined) throw new Error('no postmaster.pid');
  process.kill(Number(readFileSync(file, 'utf8').split('\n')[0]), 'SIGKILL');
}
