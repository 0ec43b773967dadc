import type pg from 'pg';
import type { Cluster } from '../cluster/cluster.ts';
import { giveLogin } from '../cluster/give-login.ts';
import type { Postgres } from '../cluster/postgres.ts';
import { until } from '../cluster/until.ts';
import type { ValidDesign } from '../design/validate.ts';
import type { LedgerLoad } from './ledger/model.ts';
import { prepareLedger } from './ledger/schema.ts';
import { startLedger } from './ledger/writers.ts';
import type { Scene } from './model.ts';
import { Timeline } from './timeline.ts';

export interface SceneOptions {
  readonly cluster: Cluster;
  readonly design: ValidDesign;
  readonly database: string;
  /** The ledger's file. */
  readonly file: string;
  readonly hurried: boolean;
  readonly signal: AbortSignal;
  readonly progress: (says: string) => void;
}

export interface OpenScene extends Scene {
  /** Commits a second before anything breaks. */
  readonly usualRate: number;
}

const writers = 16;
const tenants = 8;
/** Enough that every moment has commits under way, few enough that two cores bring back what breaks beside them. */
const ratePerSecond = 400;
const steadyMs = 1_500;
const limitMs = 30_000;

/**
 * Sets the ledger's writers to work on a cluster: through the pooler's entry for writes where there is a pooler, else straight to the
 * primary. Back when they commit at a steady rate. Throws when they never do.
 */
export async function openScene(options: SceneOptions): Promise<OpenScene> {
  const { cluster, design, database, file, hurried, signal, progress } = options;
  const { topology } = cluster;
  if (topology === undefined) throw new Error('a drill on a primary that stands alone without TLS');
  const { role } = design.request;
  await prepareLedger(cluster.primary, database, { role, tenants });
  const password = await giveLogin(cluster.primary, role);
  const as = {
    user: role,
    password,
    ssl: { ca: topology.ground.tls.ca, servername: 'localhost' },
    application_name: 'pgattest ledger',
  };
  const { pooler } = topology;
  const { pooler: promised } = design.topology;
  const to = ({ tcp }: Postgres): pg.ClientConfig => ({ ...as, ...tcp, database });
  const timeline = new Timeline();
  const load: LedgerLoad = await startLedger({
    file,
    writers,
    tenants,
    ratePerSecond,
    signal,
    route: () =>
      pooler === undefined || promised === undefined
        ? to(cluster.primary)
        : { ...as, ...pooler.direct, database: promised.writer },
  });
  try {
    const begun = performance.now();
    const steady = await until(
      () => performance.now() - begun > steadyMs && load.rate(steadyMs / 3) > ratePerSecond / 4,
      limitMs,
      signal,
    );
    if (!steady)
      throw new Error(`the writers commit ${load.rate(steadyMs)} times a second: no load to break`);
  } catch (error) {
    await load.stop();
    throw error;
  }
  const usualRate = load.rate(steadyMs / 2);
  timeline.mark('load-steady', `${Math.round(usualRate)} commits a second`);
  return {
    cluster,
    topology,
    design,
    database,
    load,
    timeline,
    signal,
    hurried,
    usualRate,
    progress,
    route: async (server) => {
      if (pooler === undefined) {
        load.redirect(() => to(server), true);
        return;
      }
      const { host, port } = server.place;
      await pooler.change((input) => ({
        ...input,
        entries: input.entries.map((entry, index) =>
          index === 0 ? { ...entry, hosts: [host], port } : entry,
        ),
      }));
    },
  };
}
