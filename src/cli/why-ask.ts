import pg from 'pg';
import type { Query } from '../catalog/index.ts';
import type { On } from '../cluster/binaries.ts';
import { type AnyCluster, isStarted, startCluster } from '../cluster/cluster.ts';
import { ClusterError } from '../cluster/error.ts';
import { makeLogins } from '../cluster/named/logins.ts';
import { overClient } from '../cluster/over-client.ts';
import { isReached, type ReachedCluster, reachCluster } from '../cluster/url/reach.ts';
import { openPools } from '../data/pools.ts';
import { ConfigError } from '../design/config-error.ts';
import type { ValidDesign } from '../design/validate.ts';
import { type DeckOptions, deckHeader, deckTransactions } from '../load/deck/make-deck.ts';
import type { DeckTransaction } from '../load/deck/model.ts';
import {
  between,
  examine,
  type LoadCounters,
  type PoolerWays,
  play,
  statementCounters,
  type UpdateCounts,
  updateCounts,
  type WhyReport,
} from '../load/why/index.ts';
import type { OnRunEvent } from '../scenarios/events.ts';
import { database, type Stage, type StageOptions, setStage } from '../scenarios/stage.ts';
import { takeStage } from '../scenarios/taken-stage.ts';
import { designedTopology } from '../scenarios/wished-topology.ts';

export interface AskOptions {
  readonly design: ValidDesign;
  readonly on: On | { readonly url: string; readonly writes: boolean };
  readonly seed: number;
  readonly scale: number;
  readonly mix: string;
  readonly seconds: number;
  readonly pairs: number;
  readonly pooler?: boolean;
  readonly unprepared?: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: OnRunEvent;
}

/** So many transactions are drawn: enough for each statement's parameters and for the weights. */
const transactions = 200;

/** Raises or reaches a cluster, has the design's data in it, plays the mix a little, and asks why it is slow. */
export async function askWhy(options: AskOptions): Promise<WhyReport> {
  const { design, seed, scale, mix, signal, onEvent } = options;
  const filled: Omit<StageOptions, 'signal' | 'onEvent'> = { seed, scale, now: new Date() };
  const deck: DeckOptions = { world: { ...filled, pools: await openPools(seed) }, mix, transactions };
  // A design without a workload is said before anything is started.
  const header = deckHeader(design, deck);
  const drawn = [...deckTransactions(design, deck)];
  const cluster = await clusterFor(options);
  try {
    const stageOptions = { ...filled, signal, onEvent };
    const stage = isReached(cluster)
      ? await takeStage(cluster, design, stageOptions)
      : await setStage(cluster, design, stageOptions);
    if (!cluster.capabilities.has('superuser')) throw noSuperuser(cluster);
    const writes = !isReached(cluster) || cluster.writes;
    const client = await cluster.primary.connect({ database: stage.database });
    return await overClient(client, signal, async () => {
      const seen = writes ? await playFor(client, options, drawn, header) : undefined;
      const report = await examine(
        client,
        {
          design,
          catalog: stage.catalog,
          actors: stage.actors,
          header,
          transactions: drawn,
          load: seen?.load,
          updates: seen?.updates,
          prepared: options.unprepared !== true,
          pooler: await poolerWays(cluster, stage, options),
          server: cluster.facts.server.split(' on ')[0] ?? cluster.facts.server,
        },
        {
          writes,
          pairs: options.pairs,
          signal,
          onProgress: (name, detail) => onEvent({ type: 'phase', name, detail }),
        },
      );
      return {
        ...report,
        notes: [...report.notes, ...(seen?.notes ?? []), ...(stage.notes ?? []), ...cautions(cluster)],
      };
    });
  } finally {
    await cluster.close();
  }
}

function clusterFor({ design, on, pooler, signal, onEvent }: AskOptions): Promise<AnyCluster> {
  if (typeof on === 'object') return reachCluster({ ...on, design: design.postgres, signal });
  const wished = designedTopology(design).pooler;
  if (pooler === true && wished === undefined) {
    throw new ConfigError(design.file, 'no pooler in topology', 'leave --pooler out');
  }
  onEvent({ type: 'phase', name: 'cluster', detail: on });
  return startCluster({
    on,
    settings: design.postgres.settings,
    throwaway: true,
    ...(pooler === true && wished !== undefined
      ? { topology: { wish: { replicas: 0, pooler: wished }, database } }
      : {}),
    onProgress: (detail) => onEvent({ type: 'phase', name: 'cluster', detail }),
    signal,
  });
}

interface Seen {
  readonly notes: readonly string[];
  readonly load: LoadCounters | undefined;
  readonly updates: { readonly before: UpdateCounts; readonly after: UpdateCounts };
}

/** Plays the mix between two looks at the counters; each transaction is rolled back. */
async function playFor(
  client: pg.Client,
  { design, seconds, signal, onEvent }: AskOptions,
  drawn: readonly DeckTransaction[],
  header: Parameters<typeof play>[2],
): Promise<Seen> {
  const query: Query = async (sql, values = []) => (await client.query(sql, [...values])).rows;
  onEvent({ type: 'phase', name: 'play', detail: `${seconds} s` });
  const before = await statementCounters(query);
  const updatesBefore = await updateCounts(query);
  const ms = seconds * 1000;
  const played = await play(client, design.request.role, header, repeated(drawn), { ms, signal });
  // Counters of a session come with the end of a transaction, at most once a second.
  await client.query('SELECT pg_catalog.pg_stat_force_next_flush()');
  const after = await statementCounters(query);
  return {
    load: before === undefined || after === undefined ? undefined : between(before, after),
    notes: [
      ...(before === undefined ? ['without pg_stat_statements shares are those of the mix'] : []),
      ...(played.failed > 0 ? [`${played.failed} of ${played.transactions} played transactions failed`] : []),
    ],
    updates: { before: updatesBefore, after: await updateCounts(query) },
  };
}

function* repeated(drawn: readonly DeckTransaction[]): Generator<DeckTransaction, void, void> {
  while (drawn.length > 0) yield* drawn;
}

/** Both ways over TCP with TLS, so that the pooler alone is the difference. */
async function poolerWays(
  cluster: AnyCluster,
  stage: Stage,
  { design }: AskOptions,
): Promise<PoolerWays | undefined> {
  if (!isStarted(cluster)) return undefined;
  const { primary, topology } = cluster;
  const entry = design.topology.pooler?.writer;
  if (topology?.pooler === undefined || entry === undefined) return undefined;
  const { pooler, ground } = topology;
  const { application } = await makeLogins(primary, { role: design.request.role, logins: design.logins });
  const connect = async (place: { readonly host: string; readonly port: number }, name: string) => {
    const ssl = { ca: ground.tls.ca, servername: 'localhost' };
    const client = new pg.Client({ ...place, ...application, database: name, ssl });
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  return {
    version: pooler.version,
    direct: () => connect(primary.tcp, stage.database),
    pooled: () => connect(pooler.tcp, entry),
  };
}

function noSuperuser({
  database: name,
  lacking,
}: ReachedCluster | (AnyCluster & { database?: string })): ClusterError {
  return new ClusterError(
    'not-able',
    `${name ?? 'the server'}: being each actor takes a superuser (${lacking?.superuser ?? 'this role is none'})`,
    'connect as one, or run the design on a cluster of pgattest',
  );
}

function cautions(cluster: AnyCluster): readonly string[] {
  return isReached(cluster)
    ? []
    : [
        'one session on a server that does not flush: what waits for a disk, a lock or another session is not in these times',
      ];
}
