import path from 'node:path';
import type { Cluster } from '../cluster.ts';
import { ClusterError } from '../error.ts';
import { type Machine, thisMachine } from '../machine.ts';
import type { Postgres } from '../postgres.ts';
import { isStreaming } from '../replication.ts';
import { secret } from '../scram.ts';
import { until } from '../until.ts';
import { prepareAdoption } from './adopt.ts';
import { dynamicConfig } from './config.ts';
import { mutualTls } from './mutual.ts';
import { PatroniNode } from './node.ts';
import { findPatroni, type PatroniPrograms } from './programs.ts';
import { below, type HaState, readState, scope } from './state.ts';
import { type Store, startStore } from './store.ts';

export interface PatroniOptions {
  /** Servers, the primary among them. Default 3. */
  readonly nodes?: number;
  /** A commit is acknowledged once a replica has it, and only such a replica is promoted. Default true. */
  readonly synchronous?: boolean;
  readonly machine?: Machine;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((says: string) => void) | undefined;
}

const adoptMs = 30_000;
const cloneMs = 60_000;

const raised = new WeakMap<Cluster, Promise<Patroni>>();

/** Patroni over a cluster, as `raisePatroni` makes it: whoever asks again gets the same. */
export function patroniOf(cluster: Cluster, options: PatroniOptions = {}): Promise<Patroni> {
  const found = raised.get(cluster) ?? raisePatroni(cluster, options);
  raised.set(cluster, found);
  return found;
}

/**
 * Lets Patroni take over a running primary, without a restart, and make replicas of it, with etcd as the store. Everything belongs to the
 * cluster's host and goes with it. Throws ClusterError `not-able` where the programs or a host of processes are missing, and `start-failed`
 * or `timeout` with their words.
 */
async function raisePatroni(cluster: Cluster, options: PatroniOptions): Promise<Patroni> {
  const { nodes: count = 3, synchronous = true, machine = thisMachine(), signal, progress } = options;
  const { host, primary, topology } = cluster;
  const programs = host.kind === 'process' ? findPatroni(primary.binaries, machine) : undefined;
  if (programs === undefined || topology === undefined) {
    throw new ClusterError(
      'not-able',
      'Patroni cannot look after this cluster: it takes processes of this machine with TLS, Patroni and etcd',
      'see pgattest doctor',
    );
  }
  const { tls } = topology.ground;
  const folder = path.join(host.folder, 'patroni');
  await host.makeFolder(folder);
  progress?.('Patroni: its store starts');
  const ask = await mutualTls(host, tls);
  const store = await startStore(host, { program: programs.etcd, tls, ask, signal });
  const login = { user: 'pgattest_patroni', password: secret() };
  const parameters = await prepareAdoption(primary, login);
  await store.put(`${below}config`, JSON.stringify(dynamicConfig({ synchronous, parameters })));
  const shared = {
    folder,
    socketFolder: primary.socketFolder,
    store: store.place,
    binaries: primary.binaries,
    login,
    tls,
    program: programs.patroni,
    ask,
    machine,
  };
  const nodes: PatroniNode[] = [];
  for (let number = 1; number <= count; number++) {
    const name = `node_${number}`;
    const first = number === 1;
    const place = first ? primary.place : await host.place(name, { port: 5432 });
    const rest = await host.place(`${name}-rest`, { port: 8008 });
    const data = first ? primary.data : path.join(host.folder, name);
    nodes.push(new PatroniNode(host, { ...shared, name, place, rest, data }, first ? primary : undefined));
  }
  const patroni = new Patroni(cluster, programs, store, nodes);
  progress?.(`Patroni takes the primary over and makes ${count - 1} replicas`);
  // A node without data waits for a leader to copy.
  for (const node of nodes) await node.start();
  await patroni.await('takes the primary over', adoptMs, async ({ leader }) => leader === 'node_1', signal);
  const replicas = nodes.slice(1).map(({ name }) => name);
  await patroni.await(
    'has its replicas stream',
    cloneMs,
    async (state) =>
      (!synchronous || state.synchronous.length > 0) && (await patroni.streaming(primary, replicas)),
    signal,
  );
  return patroni;
}

/** A small cluster under Patroni. */
export class Patroni {
  readonly store: Store;
  readonly nodes: readonly PatroniNode[];
  readonly #cluster: Cluster;
  readonly #programs: PatroniPrograms;

  constructor(cluster: Cluster, programs: PatroniPrograms, store: Store, nodes: readonly PatroniNode[]) {
    this.#cluster = cluster;
    this.#programs = programs;
    this.store = store;
    this.nodes = nodes;
  }

  /** Throws for a name that no node has. */
  node(name: string): PatroniNode {
    const found = this.nodes.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no node ${name}`);
    return found;
  }

  /** Rejects with what the store said last, where it says nothing to a third question either. */
  async state(): Promise<HaState> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await readState(this.store);
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  }

  /** Its automatic failover is off from now on, as for maintenance. Throws ClusterError with the words of patronictl. */
  async pause(): Promise<void> {
    await this.#control('pause');
  }

  async resume(): Promise<void> {
    await this.#control('resume');
  }

  async #control(command: 'pause' | 'resume'): Promise<void> {
    const file = this.nodes[0]?.file ?? '';
    const asked = [this.#programs.patronictl, '-c', file, command, '--wait', scope];
    const { exitCode, stdout, stderr } = await this.#cluster.host.exec(asked, { timeoutMs: 60_000 });
    if (exitCode === 0 && (await this.state()).paused === (command === 'pause')) return;
    const log = `${stdout}\n${stderr}`.trim().split('\n');
    throw new ClusterError('start-failed', `patronictl ${command}: ${log.at(-1) ?? ''}`, '', { log });
  }

  /** Whether nodes get WAL from a server, all of them, now. */
  async streaming(from: Postgres, names: readonly string[]): Promise<boolean> {
    const client = await from.connect();
    try {
      for (const name of names) if (!(await isStreaming(client, name))) return false;
      return true;
    } finally {
      await client.end();
    }
  }

  /** Waits until the nodes agree on something. Throws ClusterError where an agent ends meanwhile, or the time is up. */
  async await(
    what: string,
    limitMs: number,
    holds: (state: HaState) => Promise<boolean>,
    signal?: AbortSignal,
  ): Promise<void> {
    const held = async () => {
      for (const node of this.nodes) await node.mustRun();
      return holds(await this.state());
    };
    if (await until(held, limitMs, signal)) return;
    const log = (await Promise.all(this.nodes.map((node) => node.log()))).flatMap((text) =>
      text.trim().split('\n').slice(-8),
    );
    throw new ClusterError(
      'timeout',
      `after ${limitMs} ms it is not so that Patroni ${what}`,
      'see its log',
      {
        log,
      },
    );
  }

  /** Kills agents, servers and store: the agents first, that none begins anything any more. */
  async close(): Promise<void> {
    for (const node of this.nodes) await node.kill();
    await this.store.service.kill();
  }
}
