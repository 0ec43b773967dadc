import type { Environment } from '../evidence/model.ts';
import type { On } from './binaries.ts';
import type { Capability } from './capability.ts';
import { containerSite } from './container/site.ts';
import { ClusterError } from './error.ts';
import type { Host } from './host.ts';
import { type Machine, thisMachine } from './machine.ts';
import { findPatroni } from './patroni/programs.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { processSite } from './process-site.ts';
import { type Reaped, reapOrphans } from './reap.ts';
import type { Server } from './server.ts';
import { scaleSettings } from './settings.ts';
import type { Site } from './site.ts';
import { layGround, raiseTopology, type Topology, type TopologyWish } from './topology.ts';

export interface ClusterOptions {
  readonly on: On;
  /** The design's own settings. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Nothing is flushed to disk: for clusters that need not outlive a crash. */
  readonly throwaway: boolean;
  /** What stands around the primary; nothing when not given. */
  readonly topology?: { readonly wish: TopologyWish; readonly database: string };
  /** What takes long, in words: an image that is built. */
  readonly onProgress?: (says: string) => void;
  readonly signal?: AbortSignal;
  readonly machine?: Machine;
}

/** What the evidence says of the cluster, but for the database and its catalogue. */
export type ClusterFacts = Pick<Environment, 'source' | 'why' | 'server' | 'settings' | 'notes' | 'machine'>;

/** Servers to prove something on: some that pgattest started, or one of the user's. */
export interface AnyCluster {
  readonly primary: Server;
  /** Where commands run and files lie. */
  readonly host: Host;
  readonly facts: ClusterFacts;
  readonly capabilities: ReadonlySet<Capability>;
  /** Why it is not capable of the others, where there is more to say than that. */
  readonly lacking?: Readonly<Partial<Record<Capability, string>>>;
  /** Leaves nothing behind. Safe to call twice. */
  close(): Promise<void>;
}

/** A cluster that pgattest started: `close` stops everything and removes every file. */
export interface Cluster extends AnyCluster {
  readonly primary: Postgres;
  /** Replicas, pooler, archive and certificates; undefined when the primary stands alone. */
  readonly topology: Topology | undefined;
  /** What was found of runs that died, and removed. */
  readonly reaped: readonly Reaped[];
}

export function isStarted(cluster: AnyCluster): cluster is Cluster {
  return 'topology' in cluster;
}

/**
 * Starts a cluster on this machine: a primary, and what is wished for around it. Throws ClusterError when the machine is not fit for
 * it, and the reason of the signal when that is aborted; either way nothing is left behind.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { on, settings, throwaway, signal, machine = thisMachine() } = options;
  signal?.throwIfAborted();
  const reaped = await reapOrphans(machine);
  const site = await openSite(on, machine, options);
  const { host, binaries } = site;
  try {
    const scaled = scaleSettings({
      design: settings,
      cores: machine.cores,
      memoryBytes: machine.memoryBytes,
      diskBytes: await site.freeBytes(),
      platform: site.platform,
      hasLibrary: site.hasLibrary,
      throwaway,
    });
    // Where the sockets are out of reach everything goes over TCP, so there is TLS even around a primary that stands alone.
    const wish = options.topology?.wish ?? (site.password === undefined ? undefined : { replicas: 0 });
    const ground = wish === undefined ? undefined : await layGround(site, wish);
    const superuser =
      site.password === undefined || ground === undefined
        ? undefined
        : { password: site.password, ca: ground.tls.ca };
    const primary = await startPostgres(host, binaries, {
      settings: { ...scaled.values, ...(ground?.archive?.settings ?? {}) },
      socketFolder: await site.socketFolder('s'),
      makeData: site.makeData,
      ...(superuser === undefined ? {} : { superuser }),
      ...(ground === undefined ? {} : { tls: ground.tls }),
      ...(signal === undefined ? {} : { signal }),
    });
    const { topology: wanted } = options;
    const topology =
      wanted === undefined || ground === undefined
        ? undefined
        : await raiseTopology(site, primary, {
            ...wanted,
            ground,
            superuser,
            ...(signal === undefined ? {} : { signal }),
          });
    const facts: ClusterFacts = {
      source: binaries.source,
      why: binaries.why,
      server: await serverBanner(primary),
      settings: scaled.compared,
      notes: [
        ...scaled.notes,
        ...standing(site, topology),
        ...(topology?.notes ?? []),
        ...(ground?.archive === undefined ? [] : [ground.archive.says]),
      ],
      machine: {
        os: machine.platform,
        arch: machine.arch,
        cores: machine.cores,
        memoryBytes: machine.memoryBytes,
      },
    };
    const patroni = host.kind === 'process' && findPatroni(binaries, machine) !== undefined;
    signal?.throwIfAborted();
    // A check may wait for a server that will never answer: that ends when the server does.
    signal?.addEventListener('abort', () => void site.close().catch(() => undefined), { once: true });
    return {
      primary,
      topology,
      host,
      facts,
      capabilities: capabilitiesOf(site, topology, patroni),
      lacking: lackingOf(site, options.topology?.wish, topology, patroni),
      reaped,
      close: site.close,
    };
  } catch (error) {
    // What went wrong first is what is told; what cannot be tidied up now is on record.
    await site.close().catch(() => undefined);
    throw error;
  }
}

function openSite(on: On, machine: Machine, { signal, onProgress }: ClusterOptions): Promise<Site> {
  if (on === 'docker') return containerSite(machine, onProgress ?? (() => {}), signal);
  if (machine.platform === 'linux' || machine.platform === 'darwin') return processSite(on, machine, signal);
  throw new ClusterError(
    'platform',
    `no servers as processes of ${machine.platform}`,
    'use Linux, macOS or WSL, or containers: --on docker',
  );
}

/** What is missing on this machine for what the design wants. */
function lackingOf(
  { binaries, host }: Site,
  wish: TopologyWish | undefined,
  topology: Topology | undefined,
  patroni: boolean,
): Readonly<Partial<Record<Capability, string>>> {
  const missing = (tool: string) => `${tool} missing; pgattest doctor says how to get it`;
  return {
    ...(binaries.tools.pgbench ? {} : { pgbench: missing('pgbench') }),
    ...(wish?.pooler !== undefined && topology?.pooler === undefined ? { pooler: missing('PgBouncer') } : {}),
    ...(patroni
      ? {}
      : { patroni: host.kind === 'process' ? missing('Patroni or etcd') : 'Patroni is in no image' }),
  };
}

function capabilitiesOf(
  { binaries }: Site,
  topology: Topology | undefined,
  patroni: boolean,
): ReadonlySet<Capability> {
  const able: Partial<Record<Capability, boolean>> = {
    superuser: true,
    'scratch-database': true,
    copies: true,
    faults: true,
    pgbench: binaries.tools.pgbench,
    replicas: (topology?.replicas.length ?? 0) > 0,
    pooler: topology?.pooler !== undefined,
    archive: topology?.ground.archive !== undefined,
    tls: topology !== undefined,
    patroni: topology !== undefined && patroni,
  };
  return new Set((Object.keys(able) as Capability[]).filter((name) => able[name] === true));
}

/** What makes a cluster of ours unlike a production one, whatever the design. */
function standing(site: Site, topology: Topology | undefined): readonly string[] {
  const remote = site.password !== undefined;
  return [
    ...site.notes,
    topology === undefined && !remote
      ? 'connections are local and without TLS'
      : `connections go over the loopback with TLS, those of pgattest ${remote ? 'with a password of its own' : 'over a private socket'}`,
    'locale C, time zone UTC unless the design sets one',
  ];
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
