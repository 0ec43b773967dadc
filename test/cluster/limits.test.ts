import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CgroupFiles, cgroupLimits } from '../../src/cluster/doctor/cgroup.ts';
import { sysctlOf, ulimits } from '../../src/cluster/doctor/kernel.ts';
import type { Limit, Tool } from '../../src/cluster/doctor/model.ts';
import { amount, readinessOf } from '../../src/cluster/doctor/purposes.ts';
import { type LimitSources, limitSources, readLimits } from '../../src/cluster/limits.ts';
import { type Machine, thisMachine } from '../../src/cluster/machine.ts';
import { scratchFolder } from './support.ts';

const machine = thisMachine();
const GB = 1024 ** 3;

/** A folder of files as the kernel shows them. */
function kernel(files: Readonly<Record<string, string>>): string {
  const root = scratchFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), `${text}\n`);
  }
  return root;
}

describe('control groups', () => {
  function files(self: string, rest: Readonly<Record<string, string>>): CgroupFiles {
    const root = kernel({ self, ...rest });
    return { self: path.join(root, 'self'), root };
  }

  test('version 2: the least of a group and all above it', async () => {
    const here = files('0::/ci.slice/job', {
      'ci.slice/memory.max': String(2 * GB),
      'ci.slice/job/memory.max': 'max',
      'ci.slice/cpu.max': 'max 100000',
      'ci.slice/job/cpu.max': '150000 100000',
      'ci.slice/job/pids.max': '512',
    });
    expect(await cgroupLimits(here)).toEqual({ memoryBytes: 2 * GB, cores: 1.5, processes: 512 });
  });

  test('version 2 in a container: the group is the root of what is mounted', async () => {
    expect(
      await cgroupLimits(files('0::/', { 'memory.max': String(GB), 'cpu.max': '50000 100000' })),
    ).toEqual({
      memoryBytes: GB,
      cores: 0.5,
    });
  });

  test('version 1, with the path of the outside', async () => {
    const here = files(
      '9:memory:/docker/abc\n5:cpu,cpuacct:/docker/abc\n3:pids:/docker/abc\n1:name=systemd:/x',
      {
        'memory/memory.limit_in_bytes': String(4 * GB),
        'cpu/cpu.cfs_quota_us': '200000',
        'cpu/cpu.cfs_period_us': '100000',
        'pids/docker/abc/pids.max': 'max',
      },
    );
    expect(await cgroupLimits(here)).toEqual({ memoryBytes: 4 * GB, cores: 2 });
  });

  test('version 1 without a limit', async () => {
    const here = files('9:memory:/\n5:cpu:/\n0::/', {
      'memory/memory.limit_in_bytes': '9223372036854771712',
      'cpu/cpu.cfs_quota_us': '-1',
      'cpu/cpu.cfs_period_us': '100000',
    });
    expect(await cgroupLimits(here)).toEqual({});
  });

  test('none at all', async () => {
    expect(await cgroupLimits({ self: '/nowhere/self', root: '/nowhere' })).toEqual({});
  });
});

const plenty: LimitSources = {
  cgroup: {},
  ulimits: { filesSoft: 65_536, filesHard: 65_536, processes: Number.POSITIVE_INFINITY },
  sysctl: async (name) =>
    ({
      'kernel.shmmax': [2 ** 64 - 2 ** 24],
      'kernel.threads-max': [192_731],
      'kernel.pid_max': [32_768],
      'net.ipv4.ip_local_port_range': [32_768, 60_999],
      'net.core.somaxconn': [4096],
      'vm.overcommit_memory': [0],
    })[name],
  clock: 'tsc',
  free: async () => 50 * GB,
};
const linux: Machine = { ...machine, platform: 'linux', cores: 4, memoryBytes: 16 * GB };

async function limitOf(name: string, sources: Partial<LimitSources>, here = linux): Promise<Limit> {
  const found = (await readLimits(here, { ...plenty, ...sources })).find((limit) => limit.name === name);
  if (found === undefined) throw new Error(`no limit ${name}`);
  return found;
}

describe('limits', () => {
  test('a machine with plenty of everything', async () => {
    const limits = await readLimits(linux, plenty);
    expect(limits.filter(({ enough }) => enough !== true)).toEqual([]);
    expect(limits.every(({ raise }) => raise !== null && raise !== '')).toBe(true);
  });

  const sysctl = (values: Readonly<Record<string, readonly number[]>>) => ({
    sysctl: async (name: string) => values[name] ?? plenty.sysctl(name),
  });

  test.each<[string, string, Partial<LimitSources>, number | string]>([
    ['half a core by the control group', 'cores', { cgroup: { cores: 0.5 } }, 0.5],
    ['memory of the control group', 'memory', { cgroup: { memoryBytes: GB } }, GB],
    ['a full disk', 'free disk', { free: async () => 1024 }, 1024],
    [
      'the 64 MB of a container, less a bit',
      '/dev/shm',
      { free: async () => 60 * 1024 ** 2 },
      60 * 1024 ** 2,
    ],
    ['the files of a shell', 'open files', { ulimits: { filesSoft: 1024, filesHard: 4096 } }, 4096],
    ['files for 10,000 and not one more', 'open files', { ulimits: { filesHard: 10_000 } }, 10_000],
    ['processes of a container', 'processes', { cgroup: { processes: 100 } }, 100],
    ['processes of the account', 'processes', { ulimits: { processes: 200 } }, 200],
    ['a narrow range of ports', 'ports', sysctl({ 'net.ipv4.ip_local_port_range': [60_000, 60_999] }), 1000],
    ['a short backlog', 'backlog', sysctl({ 'net.core.somaxconn': [16] }), 16],
    ['memory that is never promised', 'overcommit', sysctl({ 'vm.overcommit_memory': [2] }), 'never'],
    ['a slow clock', 'clock', { clock: 'hpet' }, 'hpet'],
    ['no segments', 'System V memory', sysctl({ 'kernel.shmmax': [0] }), 0],
  ])('%s', async (_, name, sources, value) => {
    expect(await limitOf(name, sources)).toMatchObject({ value, enough: false });
  });

  test('what cannot be told is not short', async () => {
    const dark: LimitSources = {
      cgroup: {},
      ulimits: {},
      sysctl: async () => undefined,
      clock: null,
      free: async () => null,
    };
    const limits = await readLimits(linux, dark);
    expect(limits.filter(({ enough }) => enough === false)).toEqual([]);
    expect(limits.find(({ name }) => name === 'open files')).toMatchObject({ value: null, enough: null });
  });

  test('no limit is a number that JSON knows', async () => {
    const none = await limitOf('open files', { ulimits: { filesHard: Number.POSITIVE_INFINITY } });
    expect(none).toMatchObject({ value: Number.MAX_SAFE_INTEGER, enough: true });
    expect(amount(none.value as number, 'count')).toBe('no limit');
  });

  test('macOS counts its semaphores', async () => {
    const mac: Machine = { ...linux, platform: 'darwin' };
    const few = sysctl({ 'kern.sysv.semmni': [87_381], 'kern.sysv.semmns': [60] });
    expect(await limitOf('semaphore sets', few, mac)).toMatchObject({ value: 3, enough: false });
  });

  test('of this machine are read from the kernel', async () => {
    const limits = await readLimits(machine, await limitSources(machine));
    for (const name of ['cores', 'memory', 'free disk', 'open files', 'processes'])
      expect(limits.find((limit) => limit.name === name)?.value, name).toBeGreaterThan(0);
    expect((await ulimits(machine)).filesHard).toBeGreaterThan(0);
    const root = kernel({ 'net/ipv4/ip_local_port_range': '32768\t60999', 'kernel/odd': 'tsc' });
    expect(await sysctlOf(linux, root)('net.ipv4.ip_local_port_range')).toEqual([32_768, 60_999]);
    expect(await sysctlOf(linux, root)('kernel.odd')).toBeUndefined();
    expect(await sysctlOf(linux, root)('kernel.none')).toBeUndefined();
  });
});

describe('what is ready', () => {
  const tool = (name: string, present = true): Tool => ({
    name,
    present,
    missing: !present,
    version: null,
    path: null,
    problem: present ? null : 'not installed',
    note: null,
    enables: '',
    install: { debian: '', fedora: '', macos: '', githubActions: '', gitlabCi: '' },
  });
  const of = (tools: readonly Tool[], limits: readonly Limit[], purpose: string) =>
    readinessOf(tools, limits).find((each) => each.purpose === purpose);

  test('nothing without a PostgreSQL', () => {
    const ready = readinessOf([tool('postgres (local)', false), tool('chromium')], []).filter(
      (each) => each.ready,
    );
    expect(ready.map(({ purpose }) => purpose)).toEqual(['pdf']);
  });

  test('load needs PgBouncer and k6', () => {
    const tools = [tool('postgres (embedded)'), tool('pgbouncer'), tool('k6', false)];
    expect(of(tools, [], 'load')).toEqual({
      purpose: 'load',
      ready: false,
      missing: [{ name: 'k6', why: 'not installed' }],
    });
    expect(of(tools, [], 'access')?.ready).toBe(true);
  });

  test('what containers have is said', () => {
    const tools = [tool('postgres (local)'), tool('postgres (docker)'), tool('pgbouncer', false)];
    expect(of(tools, [], 'topology')?.missing).toEqual([
      { name: 'pgbouncer', why: 'not installed; --on docker has it' },
    ]);
  });

  test('topology needs files for its clients', async () => {
    const tools = [tool('postgres (local)'), tool('pgbouncer')];
    const few = await limitOf('open files', { ulimits: { filesHard: 4096 } });
    expect(of(tools, [], 'topology')?.ready).toBe(true);
    expect(of(tools, [few], 'topology')?.missing).toEqual([
      { name: 'open files', why: '4,096, 10,300 wanted' },
    ]);
  });
});
