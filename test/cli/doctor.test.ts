import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { renderDoctor } from '../../src/cli/render-doctor.ts';
import { install } from '../../src/cluster/doctor/install.ts';
import type { DoctorReport } from '../../src/cluster/doctor/model.ts';
import { expectRefused, pgattest, scratch, start } from './command.ts';
import { writeTiny } from './tiny.ts';

const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const schema = JSON.parse(readFileSync(file('reports/schema/doctor.schema.json'), 'utf8')) as object;
const validate = new Ajv2020({ strict: false }).compile(schema);

async function json(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { code, stdout, stderr } = await pgattest(scratch(), ['doctor', '--json', ...args], env);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as DoctorReport;
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
  return { code, report };
}

/** Programs that go before this machine's own. */
function pathWith(scripts: Readonly<Record<string, string>>): string {
  const folder = scratch();
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${folder}:${process.env.PATH}`;
}

const go = 'echo go version go1.26.8 linux/amd64';

describe('doctor', () => {
  test('is a line for each tool, in 80 columns, without colour or control characters', async () => {
    const { code, stdout, stderr } = await pgattest(scratch(), ['doctor']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^✓ postgres \((local|embedded)\) +15\./m);
    expect(stdout).not.toMatch(/\p{Cc}(?<!\n)/u);
    const [rows = ''] = stdout.split('how to get more:');
    expect(rows.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('as JSON follows its published schema', async () => {
    const { code, report } = await json([]);
    expect({ code, ready: report.ready }).toEqual({ code: 0, ready: true });
    expect(validate({ ...report, tools: [{ name: 'x' }] })).toBe(false);
  });

  test('--for asks for more than a PostgreSQL', async () => {
    const old = pathWith({ go: 'echo go version go1.19.8 linux/amd64' });
    const without = await json(['--for', 'load'], { PATH: old });
    expect(without).toMatchObject({ code: 3, report: { ready: false, asked: ['load'] } });
    const load = without.report.readiness.find(({ purpose }) => purpose === 'load');
    expect(load?.missing.find(({ name }) => name === 'k6')?.why).toContain('built with go');
    const { report } = await json(['--for', 'access', 'structure'], { PATH: pathWith({ go }) });
    expect(report.readiness.find(({ purpose }) => purpose === 'load')?.missing).not.toContainEqual(
      expect.objectContaining({ name: 'k6' }),
    );
  });

  test('of a design says which claims want Go for k6, and what cores mean for rates', async () => {
    const PATH = pathWith({ go: 'exit 1' });
    const { code, report } = await json(['saas-gcp'], { PATH });
    expect(code).toBe(3);
    const hindered = Object.fromEntries(
      (report.design?.hindered ?? []).map(({ claim, needs }) => [claim, needs]),
    );
    for (const claim of ['saas.load.reads', 'saas.load.tenant-isolation'])
      expect(hindered[claim]?.join()).toContain('k6 is built with go, which is of no use');
    expect(hindered['saas.load.high-volume-events']).toBeUndefined();
    expect(report.design?.notes.join()).toMatch(/saas\.load\.reads.* share \d+ cores/);
  });

  test('of a design says which claims would stay unproved here, and exits with 3', async () => {
    const { code, report } = await json(['saas-gcp'], { PATH: pathWith({ pgbouncer: 'exit 1' }) });
    expect(code).toBe(3);
    const { design } = report;
    expect(design?.hindered.map(({ claim }) => claim)).toContain('saas.topology.pooler');
    for (const { needs } of design?.hindered ?? []) expect(needs.join()).toContain('pgbouncer does not run');
    expect(design?.claims).toBeGreaterThan(100);
  });

  test('of a design that needs nothing but a server', async () => {
    const folder = scratch();
    writeTiny(folder);
    const { code, stdout } = await pgattest(folder, ['doctor', './design.ts']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✓ tiny: (\d+) of the \1 claims that have a check can be checked here$/m);
  });

  test('refuses what it does not know', async () => {
    await expectRefused(scratch(), ['doctor', 'nope'], /^pgattest: nope: unknown design; use one of /);
    await expectRefused(scratch(), ['doctor', '--for', 'fun'], /--for <purpose\.\.\.>.*fun.*access, audit/);
  });

  test('ends when it is interrupted, and takes along what it started', async () => {
    const marker = path.join(scratch(), 'started');
    const hang = `echo $$ > ${marker}.new; /bin/mv ${marker}.new ${marker}; while :; do /bin/sleep 1; done`;
    const running = start(scratch(), ['doctor'], { PATH: pathWith({ pgbackrest: hang }) });
    await expect.poll(() => existsSync(marker), { timeout: 20_000, interval: 20 }).toBe(true);
    const pid = Number(readFileSync(marker, 'utf8'));
    running.child.kill('SIGTERM');
    const { code, stdout } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
  });
});

describe('what is shown', () => {
  const colors = new Proxy({}, { get: () => (text: string) => text }) as Parameters<
    typeof renderDoctor
  >[1]['colors'];
  const report: DoctorReport = {
    schema: 'pgattest.doctor/1',
    tool: { name: 'pgattest', version: '0.1.0' },
    system: { platform: 'linux', arch: 'x64', release: 'Fedora Linux 43', family: 'fedora', ci: null },
    account: { uid: 1000, root: false, servers: 'this account', problem: null },
    docker: null,
    tools: [
      {
        name: 'pgbouncer',
        present: false,
        missing: true,
        version: null,
        path: null,
        problem: 'not installed',
        note: null,
        enables: 'topology',
        install: install.pgbouncer,
      },
    ],
    limits: [
      {
        name: 'open files',
        value: 1024,
        unit: 'count',
        wanted: 10_300,
        enough: false,
        says: '10,000 pooled clients',
        detail: null,
        raise: 'ulimit -Hn 65536',
      },
    ],
    readiness: [
      { purpose: 'topology', ready: false, missing: [{ name: 'pgbouncer', why: 'not installed' }] },
    ],
    asked: [],
    design: null,
    ready: false,
  };

  test('how to get what is missing is for the system at hand', () => {
    expect(renderDoctor(report, { colors, width: 80 }).split('\n')).toEqual([
      '✗ pgbouncer          not installed · topology',
      '',
      '! open files  1,024  10,300 wanted · 10,000 pooled clients',
      '✓ account     uid 1000  servers run as this account',
      '',
      '✓ ready here: nothing',
      '✗ topology: pgbouncer not installed',
      '',
      'how to get more:',
      '  pgbouncer   dnf install pgbouncer',
      '  open files  ulimit -Hn 65536',
    ]);
  });

  test('and for the CI service at hand', () => {
    const text = (ci: 'githubActions' | 'gitlabCi') =>
      renderDoctor({ ...report, system: { ...report.system, ci } }, { colors, width: 80 });
    expect(text('githubActions')).toContain(`  pgbouncer   ${install.pgbouncer.githubActions}`);
    expect(text('gitlabCi')).toContain(`  pgbouncer   ${install.pgbouncer.gitlabCi}`);
  });

  test('the documentation has every way to install', () => {
    const page = readFileSync(file('docs/doctor.md'), 'utf8');
    for (const ways of Object.values(install))
      for (const way of Object.values(ways)) expect(page).toContain(way);
  });
});
