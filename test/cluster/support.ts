import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Binaries, findBinaries, type SourceName, sources } from '../../src/cluster/binaries.ts';
import { type Cluster, type ClusterOptions, startCluster } from '../../src/cluster/cluster.ts';
import type { Host } from '../../src/cluster/host.ts';
import { makeDataFolder } from '../../src/cluster/initdb.ts';
import { type Machine, thisMachine } from '../../src/cluster/machine.ts';
import { type Postgres, startPostgres } from '../../src/cluster/postgres.ts';
import { ProcessHost } from '../../src/cluster/process-host.ts';
import { makeSocketFolder } from '../../src/cluster/socket-folder.ts';

/** A folder for temporary files that goes with the test, and a machine that uses it. The cache stays the usual one. */
export function scratchMachine(): Machine {
  return { ...thisMachine(), tmp: scratchFolder() };
}

export function scratchFolder(): string {
  const folder = mkdtempSync('/tmp/pgattest-test-');
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function testCluster(options: Partial<ClusterOptions> & { machine: Machine }): Promise<Cluster> {
  const cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true, ...options });
  onTestFinished(() => cluster.close());
  return cluster;
}

export function testHost(machine: Machine): ProcessHost {
  const host = new ProcessHost(machine);
  onTestFinished(() => host.close());
  return host;
}

/** A server alone on a host, with its sockets in a folder of its own. */
export async function testServer(host: Host, machine: Machine, name = 'primary'): Promise<Postgres> {
  const binaries = await anyBinaries(machine);
  return startPostgres(host, binaries, {
    name,
    settings: {},
    socketFolder: await makeSocketFolder(host, `${name}-s`, machine.platform),
    makeData: (folder) => makeDataFolder(host, binaries, folder, machine),
  });
}

export async function anyBinaries(machine: Machine): Promise<Binaries> {
  return findBinaries('auto', machine);
}

/** Sources that this machine has. */
export async function availableSources(): Promise<readonly SourceName[]> {
  const machine = thisMachine();
  const names = Object.keys(sources) as SourceName[];
  const searches = await Promise.all(
    names.map(async (name) => [name, await sources[name](machine)] as const),
  );
  return searches.flatMap(([name, search]) => (search.status === 'found' ? [name] : []));
}

/** Folders of runs below a machine's temporary folder, whatever their state. */
export function runFolders(machine: Machine): readonly string[] {
  const base = path.join(machine.tmp, `pgattest-${machine.uid}`);
  return existsSync(base) ? readdirSync(base) : [];
}

export interface Holder {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly postmaster: number;
  readonly backend: number;
}

/** Another node process that holds a cluster until it is killed. */
export async function startHolder(machine: Machine, how = 'cluster'): Promise<Holder> {
  const script = fileURLToPath(new URL('./holder.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'jiti/register', script, how], {
    env: { ...process.env, TMPDIR: machine.tmp },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('no output of the holder');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, ...(JSON.parse(line) as Omit<Holder, 'child'>) };
}

export async function killHard({ child }: Holder): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}
