import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectRefused, pgattest, scratch } from './command.ts';
import { writeTiny } from './tiny.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

describe('what answers at once', () => {
  test('--help and --version go to standard output', async () => {
    const help = await pgattest(scratch(), ['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const word of ['run', 'list', 'doctor', 'report', 'verify', 'clean', 'Exit codes'])
      expect(help.stdout).toContain(word);
    expect(await pgattest(scratch(), ['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect(await pgattest(scratch(), ['run', '--help'])).toMatchObject({ code: 0, stderr: '' });
  });

  test('list', async () => {
    const { code, stdout, stderr } = await pgattest(scratch(), ['list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^saas-gcp +Generic multi-tenant application .*\(\d+ claims\)$/m);
  });

  test('list of a design as JSON: every claim, and for each a check or why there is none', async () => {
    const { code, stdout, stderr } = await pgattest(scratch(), ['list', 'saas-gcp', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const claims = JSON.parse(stdout) as { id: string; says: string; check?: string; unproved?: string }[];
    expect(claims.length).toBeGreaterThan(90);
    expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length);
    for (const claim of claims) expect((claim.check ?? claim.unproved ?? '').length).toBeGreaterThan(0);
  });

  test('list of a design by its path', async () => {
    const folder = scratch();
    writeTiny(folder);
    const { code, stdout } = await pgattest(folder, ['list', './design.ts']);
    expect(code).toBe(0);
    expect(stdout).toContain('tiny.rls.notes.select  One reads one’s own.');
  });
});

describe('wrong usage is one line and exit code 2', () => {
  test.each([
    ['a command', ['fly'], /unknown command 'fly'/],
    ['an option', ['run', 'saas-gcp', '--fast'], /unknown option '--fast'/],
    ['no design', ['run'], /missing required argument 'design'/],
    ['a design', ['run', 'nope'], /^pgattest: nope: unknown design; use one of .*saas-gcp/],
    ['a design to list', ['list', 'nope'], /^pgattest: nope: unknown design; use one of /],
    ['a file of a design', ['run', './nope.ts'], /^pgattest: \.\/nope\.ts: no such file; use one of /],
    [
      'a scenario',
      ['run', 'saas-gcp', '--scenario', 'weekly'],
      /^pgattest: --scenario weekly: unknown scenario; use one of .*pull-request/,
    ],
    ['a scenario that is a path', ['run', 'saas-gcp', '--scenario', '../package'], /unknown scenario/],
    ['a source', ['run', 'saas-gcp', '--on', 'moon'], /--on <where>.*moon.*auto, local, embedded/],
    ['a seed', ['run', 'saas-gcp', '--seed', '-1'], /--seed <n>.*whole number/],
    [
      'a seed beyond all numbers',
      ['run', 'saas-gcp', '--seed', '99999999999999999999'],
      /--seed <n>.*whole number/,
    ],
    ['a scale', ['run', 'saas-gcp', '--scale', '0'], /--scale <factor>.*above 0/],
    ['a scale in words', ['run', 'saas-gcp', '--scale', 'big'], /--scale <factor>.*above 0/],
    [
      'a glob that matches nothing',
      ['run', 'saas-gcp', '--only', 'x.*'],
      /^pgattest: --only x\.\*: no claim of saas-gcp .* matches; see pgattest list saas-gcp/,
    ],
    [
      'a glob of another scenario',
      ['run', 'saas-gcp', '--only', 'saas.load.*'],
      /^pgattest: --only saas\.load\.\*: no claim /,
    ],
    [
      'a run',
      ['verify', 'nope'],
      /^pgattest: nope: no such run in .*; give the id or the folder of a run, or latest/,
    ],
    ['a run to report', ['report', 'nope'], /no such run/],
    ['latest of none', ['report', 'latest'], /no run is kept there; start one with pgattest run/],
    ['a format', ['report', 'latest', '--format', 'docx'], /--format docx: unknown report; use one of /],
    ['too many arguments', ['verify', 'a', 'b'], /too many arguments/],
  ])('%s', (_, args, message) => expectRefused(scratch(), args, message));

  test.each<[string, string, RegExp]>([
    ['that does not parse', 'export default {', /design\.ts: .*; correct the file$/],
    ['that throws', 'throw new Error("no\\nway")', /design\.ts: no way; correct the file$/],
    ['that imports what is not there', `import './gone.ts'`, /design\.ts: .*gone\.ts.*; correct the file$/],
  ])('a design %s', async (_, text, message) => {
    const folder = scratch();
    writeFileSync(join(folder, 'design.ts'), text);
    await expectRefused(folder, ['run', 'design.ts'], message);
  });

  // The loader hands in the whole module instead of a default export, so the first key is said to be missing.
  test.each<[string, string, RegExp]>([
    [
      'that exports nothing',
      'export const a = 1',
      /design\.ts: not a design; export default defineDesign\(\{…\}\)$/,
    ],
    ['that is empty', '', /design\.ts: not a design/],
  ])('a design %s', async (_, text, message) => {
    const folder = scratch();
    writeFileSync(join(folder, 'design.ts'), text);
    await expectRefused(folder, ['run', 'design.ts'], message);
  });
});
