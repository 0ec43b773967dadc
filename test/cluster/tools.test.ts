import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { accountOf } from '../../src/cluster/doctor/account.ts';
import { ask, findFile, patienceMs } from '../../src/cluster/doctor/ask.ts';
import { builtK6, k6Of } from '../../src/cluster/doctor/k6.ts';
import type { Tool } from '../../src/cluster/doctor/model.ts';
import { goWanted, type ProgramName, probeProgram, programs } from '../../src/cluster/doctor/programs.ts';
import { probeServer } from '../../src/cluster/doctor/servers.ts';
import { systemOf } from '../../src/cluster/doctor/system.ts';
import { type Machine, thisMachine } from '../../src/cluster/machine.ts';
import { doctorFacts, findProgram } from '../../src/cluster/tools.ts';
import { scratchFolder } from './support.ts';

const machine = thisMachine();

/** A machine whose PATH holds nothing but these scripts. */
function machineWith(scripts: Readonly<Record<string, string>>): Machine {
  const folder = scratchFolder();
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return { ...machine, env: { ...machine.env, path: folder } };
}

async function probe(name: ProgramName, script: string): Promise<Tool> {
  const program = programs.find((each) => each.name === name);
  if (program === undefined) throw new Error(name);
  return probeProgram(program, machineWith({ [name]: script }));
}

const elapsed = async <T>(work: Promise<T>): Promise<readonly [T, number]> => {
  const started = performance.now();
  return [await work, performance.now() - started];
};

describe('a program', () => {
  test.each<[ProgramName, string, string]>([
    ['psql', 'psql (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', '15.18'],
    ['pgbouncer', 'PgBouncer 1.24.1\nlibevent 2.1.12-stable\nadns: c-ares 1.34.5', '1.24.1'],
    ['pgbackrest', 'pgBackRest 2.45', '2.45'],
    ['patroni', 'patroni 3.0.2', '3.0.2'],
    ['etcd', 'etcd Version: 3.4.23\nGit SHA: Not provided\nGo Version: go1.19.8', '3.4.23'],
    ['faketime', 'faketime: Version 0.9.10', '0.9.10'],
    ['go', 'go version go1.26.8 linux/amd64', '1.26.8'],
    ['chromium', 'Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)', '156.0.8078.79'],
  ])('%s says its version', async (name, says, version) => {
    const tool = await probe(name, `cat <<'END'\n${says}\nEND`.replace('cat', '/bin/cat'));
    expect(tool).toMatchObject({ present: true, missing: false, version, problem: null, note: null });
    expect(path.isAbsolute(tool.path ?? '')).toBe(true);
  });

  test('that is too old for prepared statements is of use, and that is said', async () => {
    const tool = await probe('pgbouncer', 'echo PgBouncer 1.18.0');
    expect(tool).toMatchObject({ present: true, version: '1.18.0', note: 'prepared statements need 1.21' });
    expect((await probe('pgbouncer', 'echo PgBouncer 1.21.0')).note).toBeNull();
  });

  test('Go is as new as the module of k6 asks, or can fetch what it asks', async () => {
    const asked = /^go (\S+)$/m.exec(readFileSync(new URL('../../load/k6/go.mod', import.meta.url), 'utf8'));
    expect(asked?.[1]).toBe(goWanted);
    const go = (version: string) => probe('go', `echo go version go${version} linux/amd64`);
    expect(await go('1.19.8')).toMatchObject({
      present: false,
      missing: false,
      version: '1.19.8',
      problem: `is too old: k6 takes Go ${goWanted}`,
    });
    expect(await go('1.24.4')).toMatchObject({ present: true, note: expect.stringContaining('GOTOOLCHAIN') });
    expect(await go(`${goWanted}.1`)).toMatchObject({ present: true, note: null });
  });

  test('k6 is there where Go is, and says whether it was built', async () => {
    const go = await probe('go', 'echo go version go1.26.8 linux/amd64');
    expect(k6Of(go, null)).toMatchObject({
      present: true,
      version: null,
      note: expect.stringContaining('first'),
    });
    expect(k6Of({ ...go, present: false }, null).problem).toBe('is built with go, which is of no use');
    expect(k6Of(undefined, null)).toMatchObject({
      present: false,
      problem: expect.stringContaining('not there'),
    });
    const cache = scratchFolder();
    const here = { ...machineWith({}), env: { path: '', cache } };
    expect(await builtK6(here)).toBeNull();
    const built = (key: string, says: string) => {
      mkdirSync(path.join(cache, `k6-${key}`));
      writeFileSync(path.join(cache, `k6-${key}`, 'k6'), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
    };
    built('plain', 'k6 v2.2.0 (go1.26.8, linux/amd64)');
    expect(await builtK6(here)).toBeNull();
    built('ours', 'k6 v2.2.0 (go1.26.8, linux/amd64) pgattest/k6/pgattest , k6/x/pgattest [js]');
    const found = await builtK6(here);
    expect(found).toEqual({ path: path.join(cache, 'k6-ours', 'k6'), version: '2.2.0' });
    expect(k6Of(go, found)).toMatchObject({ present: true, version: '2.2.0', note: null });
  });

  test.each<[string, string, RegExp]>([
    ['that fails', 'echo "libevent.so: not found" >&2; exit 127', /^does not run: libevent\.so: not found$/],
    ['that fails in silence', 'exit 3', /^does not run: it exits with 3$/],
    ['that says nothing', 'exit 0', /^says no version$/],
    ['that kills itself', 'kill -9 $$', /^does not run: /],
  ])('%s is there, and of no use', async (_, script, problem) => {
    const tool = await probe('pgbackrest', script);
    expect(tool).toMatchObject({ present: false, missing: false, version: null });
    expect(tool.problem).toMatch(problem);
  });

  test('that is no program is passed over', async () => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, 'some-tool'), 'text', { mode: 0o644 });
    const other = scratchFolder();
    mkdirSync(path.join(other, 'some-tool'));
    const here = { ...machine, env: { ...machine.env, path: `relative:${folder}:${other}` } };
    expect(findFile(['some-tool'], here)).toBeUndefined();
    // It looks like one, until the kernel reads it.
    const last = scratchFolder();
    writeFileSync(path.join(last, 'go'), '\0\x01', { mode: 0o755 });
    const go = programs.find(({ name }) => name === 'go');
    if (go === undefined) throw new Error('no go');
    const tool = await probeProgram(go, { ...machine, env: { ...machine.env, path: last } });
    expect(tool).toMatchObject({ present: false, problem: expect.stringMatching(/^does not run/) });
  });

  test('one that hangs is given up', async () => {
    const [tool, took] = await elapsed(probe('pgbackrest', 'while :; do /bin/sleep 1; done'));
    expect(tool).toMatchObject({ present: false, problem: 'does not answer within 3 s' });
    expect(took).toBeLessThan(patienceMs + 1_000);
  });

  test('one whose child keeps the pipe open is given up', async () => {
    const [tool, took] = await elapsed(probe('pgbackrest', '/usr/bin/setsid /bin/sleep 6 &'));
    expect(tool).toMatchObject({ present: false, problem: 'does not answer within 3 s' });
    expect(took).toBeLessThan(patienceMs + 1_000);
  });

  test('what a cluster uses is found by name, and given more time', async () => {
    const here = machineWith({ pgbouncer: '/bin/sleep 2; echo PgBouncer 1.24.1' });
    expect(await findProgram('pgbouncer', here)).toEqual({
      path: path.join(here.env.path, 'pgbouncer'),
      version: '1.24.1',
    });
    expect(await findProgram('pgbouncer', machineWith({ pgbouncer: 'exit 1' }))).toBeUndefined();
  });

  test('an interrupt is passed on', async () => {
    const controller = new AbortController();
    const asked = ask(['/bin/sh', '-c', 'while :; do /bin/sleep 1; done'], machine, {
      signal: controller.signal,
    });
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });
});

describe('a server', () => {
  test('that throws is one that is not there, with the reason', async () => {
    const tool = await probeServer('embedded', machine, undefined, async () => {
      throw new Error('the cache cannot be written to');
    });
    expect(tool).toMatchObject({ present: false, missing: false, problem: 'the cache cannot be written to' });
  });

  test('that is missing says why', async () => {
    const tool = await probeServer('local', machine, undefined, async () => ({
      status: 'missing',
      code: 'wrong-version',
      why: '/usr/bin is PostgreSQL 16.2, not 15',
      hint: '',
    }));
    expect(tool).toMatchObject({
      present: false,
      missing: true,
      problem: '/usr/bin is PostgreSQL 16.2, not 15',
    });
  });
});

describe('the machine', () => {
  test('root has servers run as another account, or cannot', () => {
    const passwd = path.join(scratchFolder(), 'passwd');
    writeFileSync(passwd, 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n');
    expect(accountOf({ ...machine, uid: 0 }, passwd)).toMatchObject({
      root: true,
      servers: 'nobody',
      problem: null,
    });
    expect(accountOf({ ...machine, uid: 1000 }, passwd)).toMatchObject({
      root: false,
      servers: 'this account',
    });
    writeFileSync(passwd, 'root:x:0:0::/root:/bin/sh\n');
    expect(accountOf({ ...machine, uid: 0 }, passwd)).toMatchObject({
      servers: null,
      problem: expect.stringContaining('neither an account postgres nor nobody'),
    });
    expect(accountOf({ ...machine, uid: 0 }, `${passwd}.gone`).problem).toContain('cannot read');
  });

  test.each<[string, string | null, object, 'debian' | 'fedora' | 'macos' | null]>([
    ['Ubuntu', 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\nPRETTY_NAME="Ubuntu 24.04 LTS"', {}, 'debian'],
    ['Debian', 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian', {}, 'debian'],
    ['Rocky', 'ID="rocky"\nID_LIKE="rhel centos fedora"', {}, 'fedora'],
    ['Alpine', 'ID=alpine', {}, null],
    ['an unknown one', null, {}, null],
    ['macOS', null, { platform: 'darwin' }, 'macos'],
  ])('%s', async (_, text, over, family) => {
    const file = path.join(scratchFolder(), 'os-release');
    if (text !== null) writeFileSync(file, text);
    expect(await systemOf({ ...machine, platform: 'linux', ...over }, {}, file)).toMatchObject({
      family,
      ci: null,
    });
  });

  test('CI services are told apart', async () => {
    expect(await systemOf(machine, { GITHUB_ACTIONS: 'true' })).toMatchObject({ ci: 'githubActions' });
    expect(await systemOf(machine, { GITLAB_CI: 'true' })).toMatchObject({ ci: 'gitlabCi' });
  });

  test('everything is looked for side by side, with what it enables and how to get it', async () => {
    const { tools, limits, readiness } = await doctorFacts({ env: {} });
    expect(tools.map(({ name }) => name)).toEqual([
      'postgres (local)',
      'postgres (embedded)',
      'postgres (docker)',
      'psql',
      'pgbench',
      'pg_basebackup',
      'pg_verifybackup',
      'pgbouncer',
      'pgbackrest',
      'patroni',
      'etcd',
      'faketime',
      'go',
      'k6',
      'docker',
      'docker compose',
      'images of pgattest',
      'image of Ryuk',
      'chromium',
    ]);
    for (const { present, problem, enables, install } of tools) {
      expect(present).toBe(problem === null);
      expect([enables, ...Object.values(install)]).not.toContain('');
    }
    expect(limits.find(({ name }) => name === 'free disk')?.value).toBeGreaterThan(0);
    expect(readiness.find(({ purpose }) => purpose === 'access')?.ready).toBe(true);
  });

  test('a machine on which every program hangs is done in the time of one', async () => {
    const hangs = 'while :; do /bin/sleep 1; done';
    const names = [
      'psql',
      'pgbench',
      'pgbouncer',
      'pgbackrest',
      'docker',
      'docker-compose',
      'go',
      'chromium',
    ];
    const here = machineWith(Object.fromEntries(names.map((name) => [name, hangs])));
    const [{ tools }, took] = await elapsed(doctorFacts({ machine: here }));
    expect(tools.find(({ name }) => name === 'go')?.problem).toBe('does not answer within 3 s');
    expect(tools.find(({ name }) => name === 'k6')?.present).toBe(false);
    // The server's own version is asked before: its tools lie beside it.
    expect(took).toBeLessThan(patienceMs + 2_000);
  });
});
