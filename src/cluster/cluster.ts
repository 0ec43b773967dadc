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
import { findProgram } from './tools.ts';
import { layGround, raiseTopology, type Topology, type TopologyWish } from './topology.ts';

export interface ClusterOptions {
  readonly on: On;
  /** The design's own settings. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Nothing is flushed to disk: for clusters that need not outlive a crash. */
  readonly throwaway: boolean;
  /** What stands around the primary; nothing when not given. */
  readonly topology?: { readonly wish: TopologyWish; readonly database: string };
  readonly signal?: AbortSignal;
  readonly machine?: Machine;
}

/** What the evidence says of the cluster, but for the database and its catalogue. */
export type ClusterFacts = Pick<Environment, 'source' | 'why' | 'server' | 'settings' | 'notes' | 'machine'>;

export interface Cluster {
  readonly primary: Postgres;
  /** Replicas, pooler, archive and certificates; undefined when the primary stands alone. */
  readonly topology: Topology | undefined;
  readonly host: Host;
  readonly facts: ClusterFacts;
  readonly capabilities: ReadonlySet<Capability>;
  /** What was found of runs that died, and removed. */
  readonly reaped: readonly Reaped[];
  /** Stops everything and removes every file. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts a cluster on this machine: a primary, and what is wished for around it. Throws ClusterError when the machine is not fit for it, and
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
    const socketFolder = (name: string) => makeSocketFolder(sockets, name, machine.platform);
    const { topology: wanted } = options;
    const ground = wanted === undefined ? undefined : await layGround(host, wanted.wish, machine.platform);
    const primary = await startPostgres(host, binaries, {
      machine,
      settings: { ...scaled.values, ...(ground?.archive?.settings ?? {}) },
      socketFolder: await socketFolder('s'),
      ...(ground === undefined ? {} : { tls: ground.tls }),
      ...(signal === undefined ? {} : { signal }),
    });
    const topology =
      wanted === undefined || ground === undefined
        ? undefined
        : await raiseTopology(host, primary, {
            ...wanted,
            ground,
            platform: machine.platform,
            socketFolder,
            program: await findProgram('pgbouncer', machine, signal),
            ...(signal === undefined ? {} : { signal }),
          });
    const facts: ClusterFacts = {
      source: binaries.source,
      why: binaries.why,
      server: await serverBanner(primary),
      settings: scaled.compared,
      notes: [...scaled.notes, ...standing(machine, topology), ...(topology?.notes ?? [])],
      machine: {
        os: machine.platform,
        arch: machine.arch,
        cores: machine.cores,
        memoryBytes: machine.memoryBytes,
      },
    };
    signal?.throwIfAborted();
    return {
      primary,
      topology,
      host,
      facts,
      capabilities: capabilitiesOf(binaries, topology),
      reaped,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function capabilitiesOf(binaries: Binaries, topology: Topology | undefined): ReadonlySet<Capability> {
  const able: Partial<Record<Capability, boolean>> = {
    superuser: true,
    'scratch-database': true,
    faults: true,
    pgbench: binaries.tools.pgbench,
    replicas: (topology?.replicas.length ?? 0) > 0,
    pooler: topology?.pooler !== undefined,
    archive: topology?.ground.archive !== undefined,
    tls: topology !== undefined,
  };
  return new Set((Object.keys(able) as Capability[]).filter((name) => able[name] === true));
}

/** What makes a cluster of processes unlike a production one, whatever the design. */
function standing(machine: Machine, topology: Topology | undefined): readonly string[] {
  return [
    `one machine: the server shares ${machine.cores} cores with pgattest and whatever else runs`,
    topology === undefined
      ? 'connections are local and without TLS'
      : 'connections go over the loopback with TLS, those of pgattest over a private socket',
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
