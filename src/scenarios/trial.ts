import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Catalog } from '../catalog/catalog.ts';
import { readCatalog } from '../catalog/index.ts';
import type { Check, CheckContext, Judgement, RunMeans, Sighting } from '../checks/check.ts';
import { checkOf } from '../checks/index.ts';
import { type AnyCluster, type Cluster, isStarted } from '../cluster/cluster.ts';
import { statementMs } from '../cluster/server.ts';
import { Session } from '../cluster/session.ts';
import type { TopologyWish } from '../cluster/topology.ts';
import type { Actor, CheckCall } from '../design/design.ts';
import { catalogSchemas } from '../design/schemas.ts';
import type { ValidDesign } from '../design/validate.ts';
import type { Fault } from '../faults/fault.ts';
import { lackingFor, wanting } from './lacking.ts';
import { type OwnDatabase, ownDatabase } from './own-database.ts';
import { mayWrite, refusingWrites } from './read-only.ts';
import { designedTopology } from './wished-topology.ts';

/** What all trials on one database share. */
export interface Bench {
  readonly client: pg.Client;
  readonly cluster: AnyCluster;
  /** A database as migrated and filled that nobody is connected to: copied for trials that need one to themselves. */
  readonly template: string;
  readonly design: ValidDesign;
  readonly catalog: Catalog;
  readonly actors: readonly Actor[];
  readonly run?: RunMeans;
  /** Starts another cluster with the design's database, filled, for one trial alone. Absent where servers are the user's. */
  raise?(wish: TopologyWish): Promise<Cluster>;
}

/** A trial's judgement with what was seen on the way. */
export interface TrialResult extends Judgement {
  readonly sightings: readonly Sighting[];
  readonly milliseconds: number;
}

/** What was computed once for a run, by key; see CheckContext.remember. */
export type Memory = Map<string, Promise<unknown>>;

export interface TrialOptions {
  readonly memory: Memory;
  readonly fault?: Fault;
  /**
   * The catalogue is read again with the fault in: for faults that add or take away what checks look at by the catalogue. A
   * check's own counterexamples do without.
   */
  readonly freshCatalog?: boolean;
  /** Goes on after the first breach although a fault is in. */
  readonly allBreaches?: boolean;
}

/** How long a fault waits for its table where others are at work too: they wait behind it. */
const patience = '5s';

/**
 * Runs a check once, with a fault injected or without, where nothing of it stays: in a transaction that is rolled back, or in
 * a copy of the database that is dropped, as the check asks. With a fault in it stops at the first breach: that it was
 * noticed is all that is asked.
 */
export async function runTrial(
  bench: Bench,
  check: Check,
  call: CheckCall,
  options: TrialOptions,
): Promise<TrialResult> {
  switch (check.isolation) {
    case 'cluster':
      return onCluster(bench, check, call, options);
    case 'own':
      return onOwnCluster(bench, check, call, options);
    case 'database':
      return inOwnDatabase(bench, check, call, options);
    default:
      return inTransaction(bench, check, call, options);
  }
}

/** A trial on the whole cluster that was not carried through: nobody knows how the servers are. */
export class LeftBroken extends Error {
  constructor(causes: readonly unknown[]) {
    super(causes.map((cause) => (cause as Error).message).join('; then: '), { cause: causes[0] });
  }
}

/** The fault is healed whatever happens, since no transaction takes it back. */
async function onCluster(
  bench: Bench,
  check: Check,
  call: CheckCall,
  options: TrialOptions,
): Promise<TrialResult> {
  const session = new Session(bench.client);
  await bench.client.query(`SET statement_timeout = ${statementMs}`);
  const tried = async () => {
    // It may look at the pooler, or give the role a password of its own.
    if (!check.needs.includes('k6')) await bench.run?.loadBench.close();
    return withFault(bench, check, call, options, session, undefined);
  };
  const [trial] = await Promise.allSettled([tried()]);
  const healing = async () => options.fault?.heal({ session, ...startedOf(bench) });
  const [healed] = await Promise.allSettled([healing()]);
  if (trial.status === 'fulfilled' && healed.status === 'fulfilled') return trial.value;
  throw new LeftBroken([trial, healed].flatMap((each) => (each.status === 'rejected' ? [each.reason] : [])));
}

/** Nothing is healed: the cluster is thrown away. */
async function onOwnCluster(
  bench: Bench,
  check: Check,
  call: CheckCall,
  options: TrialOptions,
): Promise<TrialResult> {
  if (bench.raise === undefined) throw new Error('nobody can raise a cluster for this trial');
  const started = performance.now();
  const wish = designedTopology(options.fault?.alters?.(bench.design) ?? bench.design);
  const cluster = await bench.raise(check.around?.(wish, call) ?? wish);
  try {
    const lacking = lackingFor(check, call, cluster.capabilities);
    if (lacking.length > 0) {
      const reason = `needs ${lacking.map((need) => wanting(cluster, need)).join(', ')}`;
      return {
        outcome: 'not-exercised',
        reason,
        breaches: [],
        unexercised: [reason],
        sightings: [],
        milliseconds: performance.now() - started,
      };
    }
    const client = await cluster.primary.connect({ database: bench.template });
    try {
      return await withFault(
        { ...bench, cluster, client },
        check,
        call,
        options,
        new Session(client),
        undefined,
      );
    } finally {
      // Its server may be gone, or frozen.
      await Promise.race([client.end().catch(() => undefined), delay(1000, undefined, { ref: false })]);
    }
  } finally {
    await cluster.close();
  }
}

async function inTransaction(
  bench: Bench,
  check: Check,
  call: CheckCall,
  options: TrialOptions,
): Promise<TrialResult> {
  const { client } = bench;
  if (!mayWrite(bench.cluster)) {
    return refusingWrites(client, () =>
      withFault(bench, check, call, options, new Session(client), undefined),
    );
  }
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  try {
    // Compiling the wide conditions of rules takes longer than running them.
    await client.query(
      `SET LOCAL statement_timeout = ${statementMs}; SET LOCAL jit = off; SET CONSTRAINTS ALL IMMEDIATE`,
    );
    return await withFault(bench, check, call, options, new Session(client), undefined);
  } finally {
    if (options.fault?.scope === 'cluster') await options.fault.heal({ session: new Session(client) });
    await client.query('ROLLBACK');
  }
}

async function inOwnDatabase(
  bench: Bench,
  check: Check,
  call: CheckCall,
  options: TrialOptions,
): Promise<TrialResult> {
  const own = await ownDatabase(bench.cluster.primary, bench.template);
  try {
    const client = await own.connect();
    await client.query(`SET statement_timeout = ${statementMs}; SET jit = off`);
    return await withFault(bench, check, call, options, new Session(client), own);
  } finally {
    await own.drop();
  }
}

async function withFault(
  bench: Bench,
  check: Check,
  call: CheckCall,
  { memory, fault, freshCatalog = false, allBreaches = false }: TrialOptions,
  session: Session,
  own: OwnDatabase | undefined,
): Promise<TrialResult> {
  const started = performance.now();
  if (fault !== undefined) await inject(bench, fault, session);
  const design = fault?.alters?.(bench.design) ?? bench.design;
  const catalog = freshCatalog
    ? await readCatalog((sql, values = []) => session.query(sql, values), {
        schemas: catalogSchemas(design),
      })
    : bench.catalog;
  const context = {
    ...contextOf({ ...bench, design, catalog }, session, memory, fault !== undefined, own),
    stopAtFirstBreach: fault !== undefined && !allBreaches,
    ...(check.isolation === 'cluster' || check.isolation === 'own' ? startedOf(bench) : {}),
    ...(bench.run === undefined ? {} : { run: bench.run }),
    ...(check.isolation === 'own' && isStarted(bench.cluster)
      ? { again: askAgain({ ...bench, cluster: bench.cluster }) }
      : {}),
  };
  const sightings: Sighting[] = [];
  const run = check.run(context, call);
  for (;;) {
    const step = await run.next();
    if (step.done === true) return { ...step.value, sightings, milliseconds: performance.now() - started };
    sightings.push(step.value);
  }
}

/** The claims of access and audit that one transaction is enough for, on another server with the design's data. */
function askAgain(bench: Bench & { readonly cluster: Cluster }): NonNullable<CheckContext['again']> {
  return async (primary, database) => {
    const client = await primary.connect({ database });
    const memory: Memory = new Map();
    let tried = 0;
    const broken: string[] = [];
    try {
      for (const { id, check: call, family } of bench.design.claims) {
        const check = call === undefined ? undefined : checkOf(call.kind);
        if (call === undefined || check === undefined || (family !== 'access' && family !== 'audit'))
          continue;
        if ((check.isolation ?? 'transaction') !== 'transaction') continue;
        tried++;
        const there = { ...bench, client, cluster: { ...bench.cluster, primary } };
        const { outcome, breaches } = await runTrial(there, check, call, { memory });
        if (outcome === 'broken') broken.push(`${id}: ${breaches[0]?.says ?? 'broken'}`);
      }
    } finally {
      await client.end();
    }
    return { tried, broken };
  };
}

/** Servers that the user runs are out of a fault's reach: what it breaks there is the database alone. */
function startedOf({ cluster }: Bench): { readonly cluster?: Cluster } {
  return isStarted(cluster) ? { cluster } : {};
}

async function inject(bench: Bench, fault: Fault, session: Session): Promise<void> {
  if (isStarted(bench.cluster)) return fault.inject({ session, cluster: bench.cluster });
  await session.script(`SET LOCAL lock_timeout = '${patience}'`);
  await fault.inject({ session });
  await session.script('SET LOCAL lock_timeout = DEFAULT');
}

/** A context for a trial, or for asking a check for its faults outside any. */
export function contextOf(
  bench: Bench,
  session: Session,
  memory: Memory,
  faulty: boolean,
  own?: OwnDatabase,
): CheckContext {
  return {
    design: bench.design,
    catalog: bench.catalog,
    session,
    connect: () => {
      if (own === undefined) throw new Error('a check without isolation: database has one session only');
      return own.connect();
    },
    host: bench.cluster.host,
    actors: bench.actors,
    readOnly: !mayWrite(bench.cluster),
    stopAtFirstBreach: faulty,
    remember<T>(key: string, compute: () => Promise<T>): Promise<T> {
      const known = memory.get(key);
      if (known !== undefined) return known as Promise<T>;
      const computed = compute();
      // With a fault in, nothing may be remembered: it would be held against the healthy database.
      if (!faulty) {
        memory.set(key, computed);
        computed.catch(() => memory.delete(key));
      }
      return computed;
    },
  };
}
