import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Kept } from '../../src/cluster/named/kept.ts';
import { expectNothingLeft, expectRefused, pgattest, processesIn, scratch, start } from './command.ts';
import { writeSmall } from './small.ts';
import { writeTiny } from './tiny.ts';

interface UpJson {
  readonly before: boolean;
  readonly endpoints: Readonly<Record<'writer' | 'reader' | 'admin', string>>;
}

interface Recorded {
  readonly kept?: Kept;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
}

/** The record of the only folder below the scratch folder, with the mode of its file. */
function record(folder: string): Recorded & { readonly mode: number } {
  const base = join(folder, readdirSync(folder).find((name) => /^pgattest-\d+$/.test(name)) ?? '');
  const file = join(base, readdirSync(base).find((name) => !name.startsWith('.')) ?? '', 'owner.json');
  return { ...(JSON.parse(readFileSync(file, 'utf8')) as Recorded), mode: statSync(file).mode & 0o777 };
}

function killServer(folder: string, name: string): void {
  const found = record(folder).processes.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no process ${name}`);
  process.kill(found.pid, 'SIGKILL');
}

/** A folder whose named clusters go after the test, whatever became of it. */
function place(): string {
  const folder = scratch();
  onTestFinished(() => pgattest(folder, ['down', '--all']).then(() => undefined));
  return folder;
}

/** As psql takes it; through `pg` where there is no psql. */
async function ask(url: string, sql: string): Promise<string> {
  try {
    return execFileSync('psql', [url, '-XAtc', sql], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows.map((row: unknown[]) => row.join('|')).join('\n');
  } finally {
    await client.end();
  }
}

async function upJson(folder: string, args: readonly string[]): Promise<UpJson> {
  const { code, stdout, stderr } = await pgattest(folder, ['up', ...args, '--json', '--quiet']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as UpJson;
}

describe('a named cluster', () => {
  test('stays, is reached as its connection strings say, and goes', async () => {
    const folder = place();
    const design = writeSmall(folder);
    const first = await upJson(folder, [design, '--name', 'demo']);
    expect(first.before).toBe(false);
    const { writer, reader, admin } = first.endpoints;
    const who = 'SELECT current_user, pg_is_in_recovery()';
    expect(await ask(admin, who)).toBe('postgres|f');
    expect(await ask(reader, who)).toBe('tiny_user|t');
    expect(await ask(writer, who)).toBe('tiny_user|f');
    await expect(ask(admin.replace('verify-full', 'disable').replace(/&.*/, ''), who)).rejects.toThrow(
      /pg_hba|rejects/,
    );
    expect(record(folder).mode).toBe(0o600);

    // Again: nothing happens, and the same is printed.
    const again = await upJson(folder, [design, '--name', 'demo']);
    expect(again).toEqual({ ...first, before: true });
    await expectRefused(
      folder,
      ['up', design, '--name', 'demo', '--seed', '2'],
      /^pgattest: demo: it is up with seed 1; take it down/,
    );

    // Runs and clean leave it alone.
    expect(await pgattest(folder, ['run', design, '--quiet'])).toMatchObject({ code: 0 });
    const cleaned = await pgattest(folder, ['clean']);
    expect(cleaned.stdout).toBe('nothing to clean\ndemo (tiny) stays; pgattest down demo removes it\n');

    const status = await pgattest(folder, ['status', 'demo']);
    expect(status.code, status.stdout).toBe(0);
    expect(status.stdout).toMatch(/^ {2}primary +up /m);
    expect(status.stdout).toMatch(/^ {2}replica_2 +up .* bytes behind/m);
    expect(status.stdout).toMatch(/^ {2}archive +up .* 0 failures/m);
    const password = new URL(admin).password;
    expect(status.stdout).not.toContain(password);
    expect((await pgattest(folder, ['status', '--secrets'])).stdout).toContain(admin);
    expect(processesIn(folder).join('\n')).not.toContain(password);

    writeFileSync(join(folder, 'migrations', '002_more.sql'), 'CREATE TABLE app.more (id integer);');
    await expectRefused(folder, ['up', design, '--name', 'demo'], /an earlier version of the design/);

    const down = await pgattest(folder, ['down', 'demo']);
    expect(down.stdout).toMatch(/^demo is down: ended primary \(\d+\)/);
    expect(down.code).toBe(0);
    expectNothingLeft(folder);
    expect(await pgattest(folder, ['down', 'demo'])).toMatchObject({
      code: 0,
      stdout: 'no cluster named demo is up\n',
    });
    expect(await pgattest(folder, ['status'])).toMatchObject({ code: 0, stdout: 'no clusters are up\n' });
    expect(await pgattest(folder, ['status', 'demo'])).toMatchObject({ code: 3 });
  });

  test('whose server died says so, and one that is dead goes by down alone', async () => {
    const folder = place();
    const design = writeSmall(folder);
    await upJson(folder, [design]);
    killServer(folder, 'replica_1');
    const status = await pgattest(folder, ['status']);
    expect(status.code).toBe(3);
    expect(status.stdout).toMatch(/^ {2}replica_1 +down .*ECONNREFUSED/m);
    expect(status.stdout).toMatch(/^ {2}primary +up /m);
    await expectRefused(
      folder,
      ['up', design],
      /replica_1 is down .*; take it down first: pgattest down tiny/,
    );

    for (const { name } of record(folder).processes) if (name !== 'replica_1') killServer(folder, name);
    expect((await pgattest(folder, ['status'])).stdout).toMatch(/dead.*pgattest down tiny removes its files/);
    await expectRefused(folder, ['up', design], /it is there and dead; take it down first/);
    expect((await pgattest(folder, ['clean'])).stdout).toContain('tiny (tiny, dead) stays');
    expect(record(folder).kept?.name).toBe('tiny');
    expect(await pgattest(folder, ['down', '--all'])).toMatchObject({ code: 0 });
    expectNothingLeft(folder);
  });

  test('is brought up by one of two; the other says so', async () => {
    const folder = place();
    const design = writeTiny(folder);
    const both = await Promise.all([1, 2].map(() => pgattest(folder, ['up', design, '--quiet'])));
    expect(both.map(({ code }) => code).sort()).toEqual([0, 2]);
    expect(both.map(({ stderr }) => stderr).join('')).toMatch(
      /^pgattest: tiny: another program \(\d+\) is bringing it up; wait for it, or choose another --name\n$/,
    );
    expect((await pgattest(folder, ['status'])).code).toBe(0);
    await Promise.all([1, 2].map(() => pgattest(folder, ['down', 'tiny'])));
    expectNothingLeft(folder);
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('%s before it is kept leaves nothing', async (signal) => {
    const folder = place();
    const up = start(folder, ['up', writeTiny(folder)]);
    await up.line(/^fill: /);
    up.child.kill(signal);
    expect((await up.ended).code).toBe(signal === 'SIGINT' ? 130 : null);
    if (signal === 'SIGKILL') expect((await pgattest(folder, ['clean'])).stdout).toMatch(/ended primary/);
    expectNothingLeft(folder);
  });
});

test('what is no name, or none at all, is refused', async () => {
  const folder = scratch();
  const design = writeTiny(folder);
  await expectRefused(folder, ['up', design, '--name', '../demo'], /--name \.\.\/demo: not a name/);
  await expectRefused(folder, ['down'], /one name, or --all/);
  await expectRefused(folder, ['down', 'demo', '--all'], /one name, or --all/);
});
