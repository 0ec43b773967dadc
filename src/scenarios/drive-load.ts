import pg from 'pg';
import type { On } from '../cluster/binaries.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ConfigError } from '../design/config-error.ts';
import type { LoadedDesign } from '../design/load.ts';
import { weightsOf } from '../load/deck/make-deck.ts';
import { usualLength } from '../load/deck/model.ts';
import type { Driven, LoadBench } from '../load/drive/bench.ts';
import type { LoadScript } from '../load/drive/scripts.ts';
import type { OnRunEvent } from './events.ts';
import { withLoadBench } from './load-bench.ts';
import { database } from './stage.ts';
import { designedTopology, loadTopology } from './wished-topology.ts';

export interface DriveLoadOptions {
  readonly loaded: LoadedDesign;
  readonly on: On;
  readonly seed: number;
  readonly scale: number;
  readonly script: LoadScript;
  readonly mix: string;
  /** Statements a second; without it as fast as the clients go. */
  readonly rate?: number;
  readonly clients: number;
  readonly seconds: number;
  readonly warmUp: number;
  /** Past the pooler. */
  readonly direct: boolean;
  /** Generators side by side, each with its execution segment of the whole. */
  readonly segments: number;
  readonly signal: AbortSignal;
  readonly onEvent: OnRunEvent;
  /** Is told each run before its files go. */
  readonly onDriven: (name: string, driven: Driven) => Promise<void>;
}

const needRate: readonly LoadScript[] = ['ramp', 'spike', 'soak', 'noisy-neighbour', 'replica-reads'];
/** They have scenarios of one virtual user, which cannot be divided. */
const indivisible: readonly LoadScript[] = ['noisy-neighbour', 'replica-reads'];

/** Starts a cluster, fills it, drives a script of load at it, and removes it again. */
export async function driveLoad(options: DriveLoadOptions): Promise<void> {
  const { loaded, on, script, signal, onEvent, rate, segments, clients, seconds } = options;
  const { design } = loaded;
  // Before minutes are spent on a cluster.
  weightsOf(design, options.mix);
  if (clients < 1) throw new ConfigError('--clients', 'nobody to drive it', 'give at least 1');
  if (seconds < 1) throw new ConfigError('--seconds', 'no time to drive it', 'give at least 1');
  if (rate === undefined && needRate.includes(script)) {
    throw new ConfigError(script, 'it works by the clock', 'give --rate, statements a second');
  }
  if (segments > 1 && indivisible.includes(script)) {
    throw new ConfigError(`--segments ${segments}`, `${script} cannot be divided`, 'leave it out');
  }
  if (segments < 1 || clients < segments) {
    const what = `${clients} clients for ${segments} segments`;
    throw new ConfigError('--segments', what, 'give at least one client for each segment');
  }
  const designed = designedTopology(design);
  const wish = script === 'replica-reads' ? designed : loadTopology(designed);
  if (script === 'replica-reads' && designed.replicas === 0) {
    throw new ConfigError(design.file, 'it declares no replicas', 'choose another script');
  }
  const { seed, scale } = options;
  await withLoadBench({ design, on, wish, seed, scale, signal, onEvent }, (bench, cluster) =>
    drive(bench, cluster, options),
  );
}

async function drive(bench: LoadBench, cluster: Cluster, options: DriveLoadOptions): Promise<void> {
  const { script, mix, clients, seconds, warmUp, rate, direct, segments, onDriven } = options;
  const plain = await bench.deck(mix, usualLength);
  const busiest = [...plain.tenants].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
  const storms = script === 'noisy-neighbour';
  const deck = storms
    ? await bench.deck(mix, usualLength, {
        change: (each) => (each.tenant === busiest ? { ...each, transaction: 'storm' } : each),
      })
    : plain;
  const perTransaction = (deck.reads + deck.writes) / deck.transactions;
  const common = {
    script,
    deck: deck.file,
    target: direct ? await bench.primary() : await bench.entry(),
    clients,
    ...(rate === undefined ? {} : { rate: rate / perTransaction }),
    seconds: seconds + warmUp,
    warmUp,
    segments,
  };
  const says = `${script}, mix ${mix}`;
  if (storms) {
    const plan = { tenant: busiest };
    await onDriven('without the storm', await bench.drive({ ...common, plan, says }));
    const storm = { ...plan, storm: clients };
    await onDriven('with the storm', await bench.drive({ ...common, plan: storm, says: `${says}, storm` }));
    return;
  }
  if (script === 'replica-reads') {
    const [reader] = await bench.replicas();
    if (reader === undefined) throw new Error('the cluster has no replica');
    await makeHeartbeat(cluster, options.loaded.design.request.role);
    await onDriven(script, await bench.drive({ ...common, reader, says }));
    return;
  }
  await onDriven(script, await bench.drive({ ...common, plan: { tenant: busiest }, says }));
}

async function makeHeartbeat(cluster: Cluster, role: string): Promise<void> {
  const client = await cluster.primary.connect({ database });
  const to = pg.escapeIdentifier(role);
  try {
    await client.query(
      `CREATE SCHEMA pgattest_load; GRANT USAGE ON SCHEMA pgattest_load TO ${to};
       CREATE TABLE pgattest_load.heartbeat (beat bigint NOT NULL); INSERT INTO pgattest_load.heartbeat VALUES (0);
       GRANT SELECT, UPDATE ON pgattest_load.heartbeat TO ${to}`,
    );
  } finally {
    await client.end();
  }
}
