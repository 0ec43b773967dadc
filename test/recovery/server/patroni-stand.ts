import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import type { Postgres } from '../../../src/cluster/postgres.ts';
import { validateDesign } from '../../../src/design/validate.ts';
import type { Fault, FaultTarget } from '../../../src/faults/fault.ts';
import { patroniFailover } from '../../../src/recovery/drills/patroni-failover.ts';
import type { LedgerComparison } from '../../../src/recovery/ledger/model.ts';
import { prepareLedger } from '../../../src/recovery/ledger/schema.ts';
import { startLedger } from '../../../src/recovery/ledger/writers.ts';
import type { Recovered, Scene } from '../../../src/recovery/model.ts';
import { Timeline } from '../../../src/recovery/timeline.ts';
import { notes } from '../../checks/topology/design.ts';
import { scratchFolder } from '../../cluster/support.ts';
import { administer, compare, database, tenants } from './ledger-stand.ts';

export interface Played {
  readonly timeline: Timeline;
  readonly recovered: Recovered;
  /** Milliseconds from the fault to the first of two seconds of good writes; undefined: never. */
  readonly goodMs: number | undefined;
  readonly comparison: LedgerComparison;
}

/** A primary with its pooler, as the drill wants them, and the ledger's tables. */
export async function drillCluster(): Promise<Cluster> {
  const wish = {
    replicas: 2,
    synchronous: 1,
    pooler: { mode: 'transaction', maxClients: 100, poolSize: 10, writer: database, reader: 'reader' },
    archive: { timeout: '60s' },
  } as const;
  const cluster = await startCluster({
    on: 'auto',
    settings: { max_connections: 60 },
    throwaway: false,
    topology: { database, wish: patroniFailover.topology?.(wish) ?? wish },
  });
  onTestFinished(() => cluster.close());
  await cluster.primary.createDatabase(database);
  await administer(cluster.primary, `CREATE ROLE app LOGIN PASSWORD 'secret'`);
  await prepareLedger(cluster.primary, database, { role: 'app', tenants });
  return cluster;
}

/** The drill under the ledger's load, with a fault or without. */
export async function play(cluster: Cluster, fault?: Fault): Promise<Played> {
  const { topology } = cluster;
  const pooler = topology?.pooler;
  if (topology === undefined || pooler === undefined) throw new Error('no pooler');
  // The faults of this drill ask for no session.
  await fault?.inject({ cluster } as FaultTarget);
  const { signal } = new AbortController();
  const load = await startLedger({
    file: path.join(scratchFolder(), 'ledger.jsonl'),
    route: () => ({
      ...pooler.tcp,
      user: 'app',
      password: 'secret',
      database,
      ssl: { ca: topology.ground.tls.ca },
    }),
    writers: 4,
    tenants,
    ratePerSecond: 200,
    signal,
  });
  const timeline = new Timeline();
  const scene: Scene = {
    cluster,
    topology,
    design: validateDesign(notes, 'notes.ts'),
    database,
    load,
    timeline,
    signal,
    hurried: fault !== undefined,
    route: ({ place }: Postgres) =>
      pooler.change((input) => ({
        ...input,
        entries: input.entries.map((entry) => ({ ...entry, hosts: [place.host], port: place.port })),
      })),
    progress: () => {},
  };
  try {
    const recovered = await patroniFailover.run(scene);
    onTestFinished(() => recovered.close?.());
    const broke = performance.now() - timeline.now() + (timeline.when('fault') ?? 0);
    const good = await load.goodAgain(broke, 2_000, fault === undefined ? 20_000 : 3_000, signal);
    await load.stop();
    return {
      timeline,
      recovered,
      goodMs: good === undefined ? undefined : good - broke,
      comparison: await compare(recovered.server, load.file),
    };
  } finally {
    await load.stop();
  }
}
