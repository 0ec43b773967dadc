import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../evidence/model.ts';
import { type Binaries, findBinaries, type On } from './binaries.ts';
import type { Capability } from './capability.ts';
import { ClusterError } from './error.ts';
import type { Host } from './host.ts';
import { type Machine, thisMachine } from './machine.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { ProcessHost } from './process-host.ts';
import { type Reaped, reapOrphans } from './reap.ts';
import { scaleSettings } from './settings.ts';
import { fitsSocket, makeSocketFolder } from './socket-folder.ts';

export interface ClusterOptions {
  readonly on: On;
  /** The design's own settings. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Nothing is flushed to disk: for clusters that need not outlive a crash. */
  readonly throwaway: boolean;
  readonly signal?: AbortSignal;
  readonly machine?: Machine;
}

/** What the evidence says of the cluster, but for the database and its catalogue. */
export type ClusterFacts = Pick<Environment, 'source' | 'why' | 'server' | 'settings' | 'notes' | 'machine'>;

export interface Cluster {
  readonly primary: Postgres;
  readonly host: Host;
  readonly facts: ClusterFacts;
  readonly capabilities: ReadonlySet<Capability>;
  /** What was found of runs that died, and removed. */
  readonly reaped: readonly Reaped[];
  /** Stops everything and removes every file. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts a cluster on this machine: a primary, for now. Throws ClusterError when the machine is not fit for it, and
 * the reason of the signal when that is aborted; either way nothing is left behind.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { on, settings, throwaway, signal, machine = thisMachine() } = options;
  if (machine.platform !== 'linux' && machine.platform !== 'darwin') {
    throw new ClusterError(
      'platform',
      `no servers as processes of ${machine.platform}`,
      'use Linux, macOS or WSL',
    );
  }
  signal?.throwIfAborted();
  const reaped = await reapOrphans(machine);
  const binaries = await findBinaries(on, machine, signal);
  const hosts: ProcessHost[] = [];
  const close = async () => {
    for (const each of hosts) await each.close();
  };
  try {
    const host = new ProcessHost(machine);
    hosts.push(host);
    const sockets = fitsSocket(path.join(host.folder, 's'), machine.platform)
      ? host
      : new ProcessHost({ ...machine, tmp: '/tmp' });
    if (sockets !== host) hosts.push(sockets);
    const scaled = scaleSettings({
      design: settings,
      cores: machine.cores,
      memoryBytes: machine.memoryBytes,
      diskBytes: await freeBytes(host.folder),
      platform: machine.platform,
      hasLibrary: (name) => hasLibrary(binaries, name),
      throwaway,
    });
    const primary = await startPostgres(host, binaries, {
      machine,
      settings: scaled.values,
      socketFolder: await makeSocketFolder(sockets, 's', machine.platform),
      ...(signal === undefined ? {} : { signal }),
    });
    const facts: ClusterFacts = {
      source: binaries.source,
      why: binaries.why,
      server: await serverBanner(primary),
      settings: scaled.compared,
      notes: [...scaled.notes, ...standing(machine)],
      machine: {
        os: machine.platform,
        arch: machine.arch,
        cores: machine.cores,
        memoryBytes: machine.memoryBytes,
      },
    };
    signal?.throwIfAborted();
    return { primary, host, facts, capabilities: capabilitiesOf(binaries), reaped, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function capabilitiesOf(binaries: Binaries): ReadonlySet<Capability> {
  const always: readonly Capability[] = ['superuser', 'scratch-database', 'faults'];
  return new Set([...always, ...(binaries.tools.pgbench ? (['pgbench'] as const) : [])]);
}

/** What makes a cluster of processes unlike a production one, whatever the design. */
function standing(machine: Machine): readonly string[] {
  return [
    `one machine: the server shares ${machine.cores} cores with pgattest and whatever else runs`,
    'connections are local and without TLS',
    'locale C, time zone UTC unless the design sets one',
  ];
}

/** Without a known folder of libraries everything counts as there, and the server has the word. */
function hasLibrary({ libraries }: Binaries, name: string): boolean {
  if (libraries === null || name.includes('/')) return true;
  return ['so', 'dylib'].some((ending) => existsSync(path.join(libraries, `${name}.${ending}`)));
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function serverBanner(postgres: Postgres): Promise<string> {
  const client = await postgres.connect();
  try {
    const { rows } = await client.query<{ version: string }>('SELECT version()');
    return rows[0]?.version ?? postgres.version;
  } finally {
    await client.end();
  }
}
