import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Summary } from '../../src/evidence/index.ts';
import { expectNothingLeft, pgattest, processesIn, scratch, start } from './command.ts';
import { writeTiny } from './tiny.ts';

const command = ['run', 'saas-gcp', '--only', 'saas.structure.*'];

async function summary(folder: string): Promise<Summary> {
  const { code, stdout } = await pgattest(folder, ['report', 'latest', '--format', 'summary']);
  expect(code).toBe(0);
  return JSON.parse(stdout) as Summary;
}

describe('a signal ends a run in order', () => {
  test.each([
    ['SIGINT', 'before the cluster', /^cluster: auto$/],
    ['SIGTERM', 'with the cluster', /^cluster: PostgreSQL/],
    ['SIGINT', 'while migrating', /^migrate: /],
    ['SIGTERM', 'while filling', /^fill: /],
    ['SIGINT', 'while checking', /^(proved|refuted|unproved) /],
    ['SIGHUP', 'while checking', /^(proved|refuted|unproved) /],
  ] as const)('%s %s', async (signal, _, phase) => {
    const folder = scratch();
    const run = start(folder, command);
    await run.line(phase);
    run.child.kill(signal);
    const { code, stdout, stderr } = await run.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain(`pgattest: ${signal}, cleaning up; once more to end at once\n`);
    expect(stderr).toMatch(new RegExp(`^pgattest: interrupted by ${signal}$`, 'm'));
    expect(stderr).not.toMatch(/^\s+at /m);
    expectNothingLeft(folder);
    expect(await summary(folder)).toMatchObject({ complete: false, exitCode: 130 });
    // Whole as far as it goes, and never taken for a run that came to its end.
    expect((await pgattest(folder, ['report', 'latest', '--format', 'terminal'])).stdout).toMatch(
      /interrupted by SIG/,
    );
  });

  test('a second one ends it at once, and still leaves nothing', async () => {
    const folder = scratch();
    const run = start(folder, command);
    await run.line(/^fill: /);
    run.child.kill('SIGINT');
    await run.line(/cleaning up/);
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
    expectNothingLeft(folder);
    expect(await summary(folder)).toMatchObject({ complete: false });
  });
});

describe('a run that is killed', () => {
  test('is never green, and what it left goes at the next start', async () => {
    const folder = scratch();
    writeTiny(folder);
    const run = start(folder, command);
    await run.line(/^fill: /);
    run.child.kill('SIGKILL');
    await once(run.child, 'close');
    expect(await summary(folder)).toMatchObject({ complete: false, exitCode: null, endedAt: null });
    expect((await pgattest(folder, ['verify', 'latest'])).code).toBe(4);
    if (process.platform === 'linux') expect(processesIn(folder).join('\n')).toMatch(/postgres/);

    expect(await pgattest(folder, ['run', 'design.ts', '--quiet'])).toMatchObject({ code: 0, stderr: '' });
    expectNothingLeft(folder);
    expect(readdirSync(join(folder, 'reports', 'runs'))).toHaveLength(2);
  });

  test('is tidied up by clean, while a run that lives is left alone', async () => {
    const folder = scratch();
    writeTiny(folder);
    const killed = start(folder, command);
    await killed.line(/^fill: /);
    killed.child.kill('SIGKILL');
    await once(killed.child, 'close');
    const living = start(folder, [...command, '--runs', 'others']);
    await living.line(/^migrate: /);
    expect((await pgattest(folder, ['clean'])).code).toBe(0);
    expect(await living.ended).toMatchObject({ code: 0 });
    expectNothingLeft(folder);
    expect(await pgattest(folder, ['clean'])).toEqual({ code: 0, stdout: 'nothing to clean\n', stderr: '' });
  });
});
