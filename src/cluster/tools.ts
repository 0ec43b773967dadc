import { realpathSync } from 'node:fs';
import path from 'node:path';
import { type SourceName, sources } from './binaries.ts';
import { type Limit, readLimits } from './limits.ts';
import { type Machine, thisMachine } from './machine.ts';
import { processTable } from './process-table.ts';
import { runCommand } from './run-command.ts';
import { isRunnable } from './server-version.ts';

/** A program that pgattest can make use of. */
export interface Tool {
  readonly name: string;
  readonly present: boolean;
  /** What it says of its version, or null. */
  readonly version: string | null;
  /** Absolute path of the program, or of the folder of programs. */
  readonly path: string | null;
  /** Why it is not there or of no use. */
  readonly problem: string | null;
  /** What it can prove. */
  readonly enables: string;
  readonly install: Install;
}

/** Commands, or an address where the system has no package. */
export interface Install {
  readonly debian: string;
  readonly fedora: string;
  readonly macos: string;
}

export interface DoctorFacts {
  readonly tools: readonly Tool[];
  readonly limits: readonly Limit[];
}

/** What this machine has of all that pgattest can make use of. Nothing missing is an error here. */
export async function doctorFacts(
  machine: Machine = thisMachine(),
  signal?: AbortSignal,
): Promise<DoctorFacts> {
  const local = await server('local', machine, signal);
  const [embedded, limits, ...programs] = await Promise.all([
    server('embedded', machine, signal),
    readLimits(machine),
    ...probes.map((probe) => program(probe, local.path, machine, signal)),
  ]);
  return { tools: [local, embedded, ...programs], limits };
}

interface Probe {
  readonly name: string;
  /** Parameters that make it say its version. */
  readonly ask: readonly string[];
  readonly enables: string;
  readonly install: Install;
}

const client15: Install = {
  debian: 'apt install postgresql-client-15',
  fedora: 'dnf install postgresql15',
  macos: 'brew install postgresql@15',
};

const server15: Install = {
  debian: 'apt install postgresql-15',
  fedora: 'dnf install postgresql15-server postgresql15-contrib',
  macos: 'brew install postgresql@15',
};

const npm = 'npm ci --include=optional';

const servers: Readonly<Record<SourceName, { readonly enables: string; readonly install: Install }>> = {
  local: { enables: 'everything, together with the tools below', install: server15 },
  embedded: {
    enables: 'access, audit and structure, with nothing installed',
    install: { debian: npm, fedora: npm, macos: npm },
  },
};

const probes: readonly Probe[] = [
  { name: 'psql', ask: ['--version'], enables: 'reproducing a finding by hand', install: client15 },
  {
    name: 'pgbench',
    ask: ['--version'],
    enables: 'load: the most that the server can do',
    install: server15,
  },
  {
    name: 'pg_basebackup',
    ask: ['--version'],
    enables: 'replicas, and recovery from a base backup',
    install: client15,
  },
  {
    name: 'pgbouncer',
    ask: ['--version'],
    enables: 'designs with a connection pooler',
    install: {
      debian: 'apt install pgbouncer',
      fedora: 'dnf install pgbouncer',
      macos: 'brew install pgbouncer',
    },
  },
  {
    name: 'pgbackrest',
    ask: ['version'],
    enables: 'recovery from a pgBackRest repository',
    install: {
      debian: 'apt install pgbackrest',
      fedora: 'dnf install pgbackrest',
      macos: 'brew install pgbackrest',
    },
  },
  {
    name: 'docker',
    // Asks the daemon: the client alone is of no use.
    ask: ['version', '--format', '{{.Server.Version}}'],
    enables: 'clusters in containers',
    install: {
      debian: 'apt install docker.io',
      fedora: 'dnf install moby-engine',
      macos: 'brew install --cask docker',
    },
  },
  {
    name: 'k6',
    ask: ['version'],
    enables: 'load: targets of reads and writes a second',
    install: {
      debian: 'https://grafana.com/docs/k6/latest/set-up/install-k6/',
      fedora: 'https://grafana.com/docs/k6/latest/set-up/install-k6/',
      macos: 'brew install k6',
    },
  },
  {
    name: 'go',
    ask: ['version'],
    enables: 'building k6 with the extension of pgattest',
    install: { debian: 'apt install golang', fedora: 'dnf install golang', macos: 'brew install go' },
  },
];

async function server(source: SourceName, machine: Machine, signal?: AbortSignal): Promise<Tool> {
  const search = await sources[source](machine, signal);
  const { enables, install } = servers[source];
  const name = `postgres (${source})`;
  return search.status === 'found'
    ? { name, present: true, version: search.version, path: search.bin, problem: null, enables, install }
    : { name, present: false, version: null, path: null, problem: search.why, enables, install };
}

/** Tools of PostgreSQL count where the server is; everything else on the PATH. */
async function program(
  { name, ask, enables, install }: Probe,
  bin: string | null,
  machine: Machine,
  signal?: AbortSignal,
): Promise<Tool> {
  const folders = [...(bin === null ? [] : [bin]), ...machine.env.path.split(path.delimiter)];
  const file = folders.map((folder) => path.join(folder, name)).find(isRunnable);
  const rest = { name, enables, install };
  if (file === undefined)
    return { ...rest, present: false, version: null, path: null, problem: 'not on the PATH' };
  const setting = { machine, user: null, folder: '/' };
  const { result } = runCommand([file, ...ask], setting, processTable(machine.platform), {
    timeoutMs: 10_000,
    ...(signal === undefined ? {} : { signal }),
  });
  const { exitCode, stdout, stderr } = await result;
  const found = { ...rest, path: realpathSync(file) };
  if (exitCode !== 0) {
    return {
      ...found,
      present: false,
      version: null,
      problem: `does not run: ${stderr.trim().split('\n').at(-1)}`,
    };
  }
  return { ...found, present: true, version: /\d+(\.\w+)+/.exec(stdout)?.[0] ?? null, problem: null };
}

/** A program of the probes, when it is there and runs. */
export async function findProgram(
  name: string,
  machine: Machine,
  signal?: AbortSignal,
): Promise<{ readonly path: string; readonly version: string } | undefined> {
  const probe = probes.find((each) => each.name === name);
  if (probe === undefined) return undefined;
  const tool = await program(probe, null, machine, signal);
  return tool.present && tool.path !== null ? { path: tool.path, version: tool.version ?? '' } : undefined;
}
