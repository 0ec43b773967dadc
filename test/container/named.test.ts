import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runLabel, serviceLabel } from '../../src/cluster/container/labels.ts';
import { expectNothingLeft, pgattest, scratch, start } from '../cli/command.ts';
import { writeSmall } from '../cli/small.ts';
import { writeTiny } from '../cli/tiny.ts';
import { leftIn } from './left.ts';
import { dockerOf, withDocker } from './support.ts';

/** A folder whose named clusters go after the test, whatever became of it. */
function place(): string {
  const folder = scratch();
  onTestFinished(async () => {
    for (const command of [['down', '--all'], ['clean']]) await pgattest(folder, command);
  });
  return folder;
}

interface Up {
  readonly before: boolean;
  readonly endpoints: Readonly<Record<'writer' | 'reader' | 'admin', string>>;
}

async function upJson(folder: string, args: readonly string[]): Promise<Up> {
  const { code, stdout, stderr } = await pgattest(folder, [
    'up',
    ...args,
    '--on',
    'docker',
    '--json',
    '--quiet',
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Up;
}

function psql(url: string, sql: string): string {
  return execFileSync('psql', [url, '-XAtc', sql], { encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** Kills the container of one server. */
async function killServer(folder: string, name: string): Promise<void> {
  const base = join(folder, readdirSync(folder).find((each) => /^pgattest-\d+$/.test(each)) ?? '');
  const [run] = readdirSync(base).filter((each) => !each.startsWith('.'));
  const docker = await dockerOf();
  const filters = { label: [`${runLabel}=${run}`, `${serviceLabel}=${name}`] };
  const [found] = await docker.listContainers({ filters });
  await docker.getContainer(found?.Id ?? '').kill();
}

interface Status {
  readonly state: string;
  readonly servers: readonly { readonly name: string; readonly state: string }[];
}

async function status(folder: string): Promise<Status & { readonly code: number | null }> {
  const { code, stdout } = await pgattest(folder, ['status', 'demo', '--json']);
  const [found] = JSON.parse(stdout) as readonly Status[];
  if (found === undefined) throw new Error('no cluster demo');
  return { ...found, code };
}

const hasPsql = spawnSync('psql', ['--version']).status === 0;

withDocker('a named cluster in containers', () => {
  test('stays, is reached as its connection strings say, and goes within 5 s', async (context) => {
    if (!hasPsql && !process.env.CI) return context.skip('needs psql');
    const folder = place();
    const design = writeSmall(folder);
    const first = await upJson(folder, [design, '--name', 'demo']);
    const { writer, reader, admin } = first.endpoints;
    const who = 'SELECT current_user, pg_is_in_recovery()';
    expect([admin, reader, writer].map((url) => psql(url, who))).toEqual([
      'postgres|f',
      'tiny_user|t',
      'tiny_user|f',
    ]);
    expect(() => psql(admin.replace('verify-full', 'disable'), who)).toThrow(/pg_hba|SSL/);
    expect(await upJson(folder, [design, '--name', 'demo'])).toMatchObject({
      before: true,
      endpoints: first.endpoints,
    });
    const well = await status(folder);
    expect(well.servers.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'primary up',
      'replica_1 up',
      'replica_2 up',
      'pooler up',
      'archive up',
    ]);
    expect(well).toMatchObject({ code: 0, state: 'running' });
    // A run, which tidies up first, leaves it alone.
    expect(await pgattest(folder, ['clean'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^demo \(tiny\) stays/m),
    });

    await killServer(folder, 'replica_2');
    const hurt = await status(folder);
    expect(hurt.code).toBe(3);
    expect(hurt.servers.filter(({ state }) => state !== 'up')).toMatchObject([
      { name: 'replica_2', state: 'down' },
    ]);

    const down = await pgattest(folder, ['down', 'demo', '--json']);
    expect(down.code).toBe(0);
    expect(await leftIn(folder)).toEqual([]);
    expectNothingLeft(folder);
  });

  test('is raised by one of two at once; the other says whose work it is', async () => {
    const folder = place();
    const up = ['up', writeTiny(folder), '--name', 'demo', '--on', 'docker', '--quiet'];
    const both = await Promise.all([pgattest(folder, up), pgattest(folder, up)]);
    const [won, lost] = [...both].sort((a, b) => (a.code ?? 9) - (b.code ?? 9));
    expect(won).toMatchObject({ code: 0 });
    expect(lost).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^pgattest: demo: another program \(\d+\) is bringing it up/),
    });
    expect((await leftIn(folder)).map((each) => each.replace(/pgattest-[^-]+/, '*'))).toEqual(
      expect.arrayContaining(['container /*-primary', 'container /*-keeper', 'volume *', 'network *']),
    );
    expect(await leftIn(folder)).toHaveLength(4);
    // Down by two at once is fine for both.
    const down = await Promise.all([pgattest(folder, ['down', 'demo']), pgattest(folder, ['down', 'demo'])]);
    expect(down.map(({ code }) => code)).toEqual([0, 0]);
    expect(await leftIn(folder)).toEqual([]);
    expectNothingLeft(folder);
  });

  test.each([
    { when: 'as it begins', line: /^cluster: docker/ },
    { when: 'while it loads the design', line: /^cluster: PostgreSQL/ },
  ])('leaves nothing when up is interrupted $when', async ({ line }) => {
    const folder = place();
    const up = start(folder, ['up', writeSmall(folder), '--on', 'docker']);
    await up.line(line);
    up.child.kill('SIGINT');
    expect(await up.ended).toMatchObject({ code: 130, stdout: '' });
    expect(await leftIn(folder)).toEqual([]);
    expectNothingLeft(folder);
  });

  test('after a second Ctrl-C the next start removes what is left', async () => {
    const folder = place();
    const up = start(folder, ['up', writeSmall(folder), '--on', 'docker']);
    await up.line(/^cluster: PostgreSQL/);
    up.child.kill('SIGINT');
    await up.line(/once more/);
    up.child.kill('SIGINT');
    expect(await up.ended).toMatchObject({ code: 130, stdout: '' });
    expect(await leftIn(folder)).not.toEqual([]);
    expect(await pgattest(folder, ['clean'])).toMatchObject({ code: 0 });
    expect(await leftIn(folder)).toEqual([]);
    expectNothingLeft(folder);
  });
});
