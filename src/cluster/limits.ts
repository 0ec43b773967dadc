import { type CgroupLimits, cgroupLimits } from './doctor/cgroup.ts';
import { clockSource, freeBytes, type Sysctl, sysctlOf, type Ulimits, ulimits } from './doctor/kernel.ts';
import type { Limit } from './doctor/model.ts';
import type { Machine } from './machine.ts';

/** What limits are read from; a test hands in its own. */
export interface LimitSources {
  readonly cgroup: CgroupLimits;
  readonly ulimits: Ulimits;
  readonly sysctl: Sysctl;
  readonly clock: string | null;
  readonly free: (folder: string) => Promise<number | null>;
}

const GB = 1024 ** 3;
const MB = 1024 ** 2;

/** Measured with 10,000 clients through PgBouncer: 10,022 in the program that opens them, 10,050 in PgBouncer; and some room. */
export const filesFor = (clients: number) => clients + 300;
/** Each client of one address takes a port of its own for as long as it is connected. */
export const portsFor = (clients: number) => clients + 500;
const clients = 10_000;

export async function limitSources(machine: Machine): Promise<LimitSources> {
  const [cgroup, shell, clock] = await Promise.all([cgroupLimits(), ulimits(machine), clockSource()]);
  return { cgroup, ulimits: shell, sysctl: sysctlOf(machine), clock, free: freeBytes };
}

/** How much of everything the machine has that servers and clients need. */
export async function readLimits(machine: Machine, sources: LimitSources): Promise<readonly Limit[]> {
  const groups = await Promise.all([
    sizes(machine, sources),
    disks(machine, sources),
    connections(machine, sources),
    machine.platform === 'darwin' ? semaphores(sources) : [],
    machine.platform === 'linux' ? linux(sources) : [],
  ]);
  return groups.flat();
}

async function sizes(machine: Machine, { cgroup }: LimitSources): Promise<readonly Limit[]> {
  const cores = Math.min(machine.cores, cgroup.cores ?? Number.POSITIVE_INFINITY);
  const memory = Math.min(machine.memoryBytes, cgroup.memoryBytes ?? Number.POSITIVE_INFINITY);
  return [
    limit('cores', cores, 2, 'servers and pgattest share them', {
      detail: cgroup.cores === undefined ? null : 'as the control group lets it',
      raise: 'give the container or the job more',
    }),
    limit('memory', memory, 2 * GB, "a design's settings are scaled to it", {
      unit: 'bytes',
      detail: cgroup.memoryBytes === undefined ? null : 'as the control group lets it',
      raise: 'give the container or the job more',
    }),
  ];
}

async function disks(machine: Machine, { free, sysctl }: LimitSources): Promise<readonly Limit[]> {
  const [disk, dynamic, largest] = await Promise.all([
    free(machine.tmp),
    machine.platform === 'linux' ? free('/dev/shm') : null,
    sysctl(machine.platform === 'darwin' ? 'kern.sysv.shmmax' : 'kernel.shmmax'),
  ]);
  return [
    limit('free disk', disk, GB, `data goes to ${machine.tmp}`, {
      unit: 'bytes',
      raise: 'set TMPDIR to a folder with more room',
    }),
    ...(machine.platform === 'linux'
      ? [
          limit('/dev/shm', dynamic, 64 * MB, 'parallel queries pass rows through it', {
            unit: 'bytes',
            raise: 'mount -o remount,size=1g /dev/shm; containers: --shm-size=1g',
          }),
        ]
      : []),
    // The data folder is guarded by a segment of 56 bytes; the rest is mapped memory.
    limit('System V memory', largest?.[0] ?? null, 4096, 'each server guards its folder by some', {
      unit: 'bytes',
      detail: 'kernel.shmmax',
      raise: 'sysctl kernel.shmmax=1073741824',
    }),
  ];
}

async function connections(
  machine: Machine,
  { cgroup, ulimits, sysctl }: LimitSources,
): Promise<readonly Limit[]> {
  const { filesSoft, filesHard, processes } = ulimits;
  const [threads, pids, range] = await Promise.all([
    sysctl('kernel.threads-max'),
    sysctl('kernel.pid_max'),
    machine.platform === 'linux'
      ? sysctl('net.ipv4.ip_local_port_range')
      : Promise.all([sysctl('net.inet.ip.portrange.first'), sysctl('net.inet.ip.portrange.last')]).then(
          ([first, last]) => (first && last ? [first[0] ?? 0, last[0] ?? 0] : undefined),
        ),
  ]);
  const most = Math.min(
    ...[processes, threads?.[0], pids?.[0], cgroup.processes].map((each) => each ?? Number.POSITIVE_INFINITY),
  );
  const [first, last] = range ?? [];
  return [
    limit('open files', finite(filesHard), filesFor(clients), '10,000 pooled clients', {
      // Both programs raise the soft limit to the hard one themselves.
      detail: filesSoft === undefined ? null : `soft ${amountOf(filesSoft)}`,
      raise: 'ulimit -Hn 65536, LimitNOFILE=65536 (systemd), --ulimit nofile=65536 (docker)',
    }),
    limit('processes', finite(most), 1024, 'a server has one for each connection', {
      detail: processes === undefined ? null : `ulimit -u ${amountOf(processes)}`,
      raise: 'ulimit -u 4096, TasksMax=4096 (systemd), --pids-limit 4096 (docker)',
    }),
    limit(
      'ports',
      first === undefined || last === undefined ? null : last - first + 1,
      portsFor(clients),
      '10,000 pooled clients',
      {
        detail: first === undefined ? null : `${first} to ${last}`,
        raise: 'sysctl net.ipv4.ip_local_port_range="10000 65000"',
      },
    ),
  ];
}

/** On Linux PostgreSQL uses semaphores without a name, which have no limit; on macOS a set of 17 for 16 connections. */
async function semaphores({ sysctl }: LimitSources): Promise<readonly Limit[]> {
  const [sets, all] = await Promise.all([sysctl('kern.sysv.semmni'), sysctl('kern.sysv.semmns')]);
  const most = sets && all ? Math.min(sets[0] ?? 0, Math.floor((all[0] ?? 0) / 17)) : null;
  return [
    limit('semaphore sets', most, 40, 'each server has one for 16 connections', {
      detail: 'kern.sysv.semmni, semmns',
      raise: 'sudo sysctl kern.sysv.semmni=256 kern.sysv.semmns=4096',
    }),
  ];
}

async function linux({ sysctl, clock }: LimitSources): Promise<readonly Limit[]> {
  const [overcommit, backlog] = await Promise.all([
    sysctl('vm.overcommit_memory'),
    sysctl('net.core.somaxconn'),
  ]);
  const [mode] = overcommit ?? [];
  return [
    limit('backlog', backlog?.[0] ?? null, 128, 'clients that connect at the same time', {
      detail: 'net.core.somaxconn',
      raise: 'sysctl net.core.somaxconn=4096',
    }),
    {
      ...limit(
        'overcommit',
        mode === undefined ? null : (overcommitModes[mode] ?? String(mode)),
        null,
        'memory that is promised, not used',
        {
          unit: 'name',
          detail: 'vm.overcommit_memory',
          raise: 'sysctl vm.overcommit_memory=0, or leave room: the settings are scaled without it',
        },
      ),
      // With 2 a fork fails where memory would do: fit for a database alone on its machine.
      enough: mode === undefined ? null : mode !== 2,
    },
    {
      ...limit('clock', clock, null, 'times of statements', {
        unit: 'name',
        detail: null,
        raise: 'see /sys/devices/system/clocksource/clocksource0/available_clocksource',
      }),
      enough: clock === null ? null : !unfitClocks.has(clock),
    },
  ];
}

const overcommitModes = ['heuristic', 'always', 'never'];

/** Of milliseconds, or a microsecond and more for each reading; the others are steady and quick. */
const unfitClocks = new Set(['jiffies', 'refined-jiffies', 'acpi_pm', 'hpet', 'pit']);

function limit(
  name: string,
  value: number | string | null,
  wanted: number | null,
  says: string,
  { unit = 'count', detail = null, raise }: Partial<Pick<Limit, 'unit' | 'detail' | 'raise'>>,
): Limit {
  const enough = typeof value === 'number' && wanted !== null ? value >= wanted : null;
  return { name, value, unit, wanted, enough, says, detail, raise: raise ?? null };
}

/** JSON knows no infinity, and no number of the kernel is larger than this. */
function finite(value: number | undefined): number | null {
  if (value === undefined) return null;
  return Number.isFinite(value) ? value : Number.MAX_SAFE_INTEGER;
}

function amountOf(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString('en') : 'without limit';
}
