import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Summary } from '../../src/evidence/index.ts';
import { availableSources } from '../cluster/support.ts';
import { bin, expectNothingLeft, expectRefused, pgattest, scratch } from './command.ts';
import { writeTiny } from './tiny.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../reports/schema/summary.schema.json', import.meta.url), 'utf8'),
) as object;
const validSummary = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile<Summary>(schema);
const available = await availableSources();

function summaryOf(stdout: string): Summary {
  const summary: unknown = JSON.parse(stdout);
  if (!validSummary(summary)) throw new Error(JSON.stringify(validSummary.errors));
  return summary;
}

function onlyRun(folder: string): string {
  const [name, ...more] = readdirSync(join(folder, 'reports', 'runs'));
  expect(more).toEqual([]);
  return join(folder, 'reports', 'runs', name ?? '');
}

describe('a run', () => {
  test.runIf(available.length > 0).each(available)(
    'of the structure of saas-gcp on %s is green, and prints one document',
    async (on) => {
      const folder = scratch();
      const { code, stdout, stderr } = await pgattest(folder, [
        'run',
        'saas-gcp',
        '--on',
        on,
        '--only',
        'saas.structure.*',
        '--json',
      ]);
      expect(code, stderr).toBe(0);
      const summary = summaryOf(stdout);
      expect(summary).toMatchObject({
        design: 'saas-gcp',
        scenario: 'pull-request',
        complete: true,
        exitCode: 0,
      });
      expect(summary.counts).toMatchObject({ refuted: 0, unproved: 0 });
      expect(summary.claims.filter((claim) => claim.verdict === 'proved').map(({ id }) => id)).toContain(
        'saas.structure.row-security',
      );
      expect(stderr).toMatch(/^proved +saas\.structure\.row-security /m);
      expectNothingLeft(folder);
    },
  );

  test('of a design of one’s own: proved, quiet, and its inputs named by their digests', async () => {
    const folder = scratch();
    const file = writeTiny(folder);
    const { code, stdout, stderr } = await pgattest(folder, ['run', 'design.ts', '--json', '--quiet']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(summaryOf(stdout).counts).toMatchObject({ proved: 4, refuted: 0, unproved: 0 });
    const plan = JSON.parse(readFileSync(join(onlyRun(folder), 'plan.json'), 'utf8')) as {
      inputs: Record<string, string>;
    };
    expect(plan.inputs).toEqual({
      'design.ts': digest(file),
      'migrations/001_notes.sql': digest(join(folder, 'migrations', '001_notes.sql')),
    });
    expectNothingLeft(folder);
  });

  test('that finds a hole is red: exit code 1, and what was found is on standard output', async () => {
    const folder = scratch();
    writeTiny(folder, {}, (sql) => `${sql} ALTER POLICY own ON app.notes USING (true);`);
    const { code, stdout } = await pgattest(folder, ['run', 'design.ts']);
    expect(code).toBe(1);
    expect(stdout).toContain('tiny.rls.notes.select');
    expect(stdout).toContain('policy "own" on app.notes');
    expectNothingLeft(folder);
  });

  test('that leaves something open is not green: exit code 3', async () => {
    const folder = scratch();
    writeTiny(folder, { owner: '() => 2' });
    const { code, stdout } = await pgattest(folder, ['run', 'design.ts', '--json']);
    expect(code).toBe(3);
    const claim = summaryOf(stdout).claims.find(({ id }) => id === 'tiny.rls.notes.select');
    expect(claim).toMatchObject({
      verdict: 'unproved',
      reason: expect.stringMatching(/^not exercised: no row is allowed because of it/),
    });
  });

  test('two at once do not meet', async () => {
    const folder = scratch();
    writeTiny(folder);
    const both = await Promise.all([1, 2].map(() => pgattest(folder, ['run', 'design.ts', '--json'])));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(readdirSync(join(folder, 'reports', 'runs'))).toHaveLength(2);
    expectNothingLeft(folder);
  });

  test.each([
    ['is a file', (folder: string) => writeFileSync(join(folder, 'runs'), ''), 'runs'],
    ['lies below a file', (folder: string) => writeFileSync(join(folder, 'runs'), ''), 'runs/below'],
    ['lies below a device', () => {}, '/dev/null/runs'],
  ])('whose folder %s', async (_, prepare, runs) => {
    const folder = scratch();
    writeTiny(folder);
    prepare(folder);
    await expectRefused(folder, ['run', 'design.ts', '--runs', runs], /^pgattest: .*runs/);
    expectNothingLeft(folder);
  });
});

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

describe('a design that is broken', () => {
  const own = `'"row".owner = actor.id AND app.me() IS NOT NULL'`;
  test.each<[string, Parameters<typeof writeTiny>[1], (sql: string) => string, RegExp]>([
    [
      'a migration that fails',
      {},
      (sql) => `${sql}\nCREATE TABEL app.x (a int);`,
      /001_notes\.sql:\d+:8: syntax error at or near "TABEL" \(42601\) in: CREATE TABEL app\.x/,
    ],
    [
      'a migration that fails as it runs',
      {},
      (sql) => `${sql}\nSELECT 1;\nSELECT 1 / 0;`,
      /001_notes\.sql:\d+:1: division by zero \(22012\) in: SELECT 1 \/ 0/,
    ],
    [
      'a rule for a table that is not there',
      { table: `'app.noets'` },
      (sql) => sql,
      /design\.ts: access\[0\]\.table: no relation app\.noets after the migrations; correct the name/,
    ],
    [
      'a rule that is not SQL',
      { where: `'owner ='` },
      (sql) => sql,
      /design\.ts: access\[0\]\.select\.where: .*; write one SQL condition$/,
    ],
    [
      'a rule over a column that is not there',
      { where: `'"row".ownr = actor.id'` },
      (sql) => sql,
      /design\.ts: access\[0\]\.select\.where: .*ownr/,
    ],
    [
      'a rule that calls a function of the design',
      { where: own },
      (sql) => sql,
      /design\.ts: access\[0\]\.select\.where: calls app\.me, a function of the design; say it over base tables/,
    ],
    [
      'a relation without a rule',
      {},
      (sql) => `${sql} CREATE VIEW app.all_notes AS SELECT * FROM app.notes;`,
      /design\.ts: access: no rule for view app\.all_notes; say for each command/,
    ],
    [
      'a request role that is not there',
      { role: `'nobody_made_me'` },
      (sql) => sql,
      /design\.ts: request\.role: no role nobody_made_me; create it in a migration$/,
    ],
    [
      'a claim of an unknown check',
      {
        claims: `{ id: 'tiny.x', says: 'x', source: { file: 'x' }, controls: [], family: 'access', check: { kind: 'access.fly' } }`,
      },
      (sql) => sql,
      /design\.ts: claims\[4\]\.check\.kind: no check access\.fly; see docs\/checks\.md/,
    ],
    ['an unknown key', { more: 'colour: 1,' }, (sql) => sql, /design\.ts: colour: unknown key; remove it/],
  ])('%s', async (_, changed, sql, message) => {
    const folder = scratch();
    writeTiny(folder, changed, sql);
    await expectRefused(folder, ['run', 'design.ts'], message);
    expectNothingLeft(folder);
    const runs = join(folder, 'reports', 'runs');
    if (existsSync(runs)) {
      const { stdout } = await pgattest(folder, ['report', 'latest', '--format', 'summary']);
      expect(summaryOf(stdout)).toMatchObject({ complete: false, exitCode: 2 });
    }
  });

  // What goes wrong while filling is not the user's to read as a stack: it names neither design nor table.
  test.each<[string, Parameters<typeof writeTiny>[1], RegExp]>([
    [
      'a value that the table does not take',
      { owner: `() => 'x'` },
      /design\.ts: data.*app\.notes.*invalid input syntax for type integer/,
    ],
    [
      'a generator that throws',
      { owner: `() => { throw new Error('no owner'); }` },
      /design\.ts: data.*app\.notes.*no owner/,
    ],
  ])('%s', async (_, changed, message) => {
    const folder = scratch();
    writeTiny(folder, changed);
    await expectRefused(folder, ['run', 'design.ts'], message);
  });
});

test('report, verify and what notices an edit', async () => {
  const folder = scratch();
  writeTiny(folder);
  expect(await pgattest(folder, ['run', 'design.ts', '--quiet'])).toMatchObject({ code: 0, stderr: '' });
  const run = onlyRun(folder);

  const junit = await pgattest(folder, ['report', 'latest', '--format', 'junit']);
  expect(junit).toMatchObject({ code: 0, stderr: '' });
  expect(junit.stdout).toMatch(/^<\?xml /);
  expect(junit.stdout).toContain('tiny.rls.notes.select');
  expect(junit.stdout).toMatch(/<\/testsuites>\s*$/);

  mkdirSync(join(folder, 'again'));
  expect(await pgattest(folder, ['report', run, '--write', 'again'])).toMatchObject({ code: 0, stderr: '' });
  for (const name of readdirSync(join(folder, 'again'))) {
    expect(readFileSync(join(folder, 'again', name), 'utf8')).toBe(readFileSync(join(run, name), 'utf8'));
  }

  expect(await pgattest(folder, ['verify', 'latest'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/: intact, digest [0-9a-f]{64}/),
  });
  const evidence = join(run, 'evidence.jsonl');
  const bytes = readFileSync(evidence);
  const at = bytes.indexOf('proved');
  bytes.write('P', at);
  writeFileSync(evidence, bytes);
  const { code, stdout, stderr } = await pgattest(folder, ['verify', 'latest', '--json']);
  expect({ code, stderr }).toEqual({ code: 4, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    folder: run,
    problems: expect.arrayContaining([expect.objectContaining({ file: 'evidence.jsonl' })]),
  });
});

describe('the terminal', () => {
  test.runIf(process.platform === 'linux')('a reader that has seen enough is no failure', () => {
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['-o', 'pipefail', '-c', `"${process.execPath}" "${bin}" list saas-gcp | head -1`],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')).toHaveLength(2);
  });

  const script =
    spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true;
  test.runIf(script).each([
    ['colours', { NO_COLOR: '' }, true],
    ['no colours with NO_COLOR', { NO_COLOR: '1' }, false],
    ['no colours on a dumb one', { NO_COLOR: '', TERM: 'dumb' }, false],
  ])('%s', (_, env, coloured) => {
    const { stdout } = spawnSync('script', ['-qec', `"${process.execPath}" "${bin}" doctor`, '/dev/null'], {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm-256color', FORCE_COLOR: undefined, ...env },
    });
    expect(stdout).toMatch(/postgres/);
    expect(stdout.includes('\u001b[')).toBe(coloured);
  });
});
