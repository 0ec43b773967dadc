import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { startCluster } from '../../../src/cluster/cluster.ts';
import { thisMachine } from '../../../src/cluster/machine.ts';
import type { Postgres } from '../../../src/cluster/postgres.ts';
import { Session } from '../../../src/cluster/session.ts';
import type { TopologyWish } from '../../../src/cluster/topology.ts';
import { validateDesign } from '../../../src/design/validate.ts';
import type { Fault } from '../../../src/faults/fault.ts';
import { compareLedger } from '../../../src/recovery/ledger/compare.ts';
import type { LedgerComparison } from '../../../src/recovery/ledger/model.ts';
import { prepareLedger } from '../../../src/recovery/ledger/schema.ts';
import { startLedger } from '../../../src/recovery/ledger/writers.ts';
import type { Drill, Recovered, Scene, Seen } from '../../../src/recovery/model.ts';
import { Timeline } from '../../../src/recovery/timeline.ts';
import { database, setStage } from '../../../src/scenarios/stage.ts';
import { withoutBackrest } from './backup-support.ts';
import { rooms } from './rooms/design.ts';

export interface Tried {
  readonly recovered: Recovered;
  /** Undefined where nothing answers any more. */
  readonly ledger: LedgerComparison | undefined;
  readonly timeline: Timeline;
  /** Whether writes were good for so long once it served. */
  readonly good: boolean;
  /** What a run would find wrong, a sentence each. */
  readonly wrong: readonly string[];
}

export interface TryOptions {
  readonly fault?: Fault;
  /** How the archive is kept. Default: with pgBackRest where it is there. */
  readonly kind?: 'copies' | 'pgbackrest';
}

export const design = validateDesign(rooms, path.join(import.meta.dirname, 'rooms', 'design.ts'));
const writers = 4;
const tenants = 3;
const goodMs = 1_000;

/** One trial of a drill on a cluster of its own, with writers at a steady rate, as a run makes it. */
export async function tryDrill(drill: Drill, { fault, kind }: TryOptions = {}): Promise<Tried> {
  const { replicas, synchronous, archive } = design.topology;
  const whole: TopologyWish = {
    replicas,
    ...(synchronous === undefined ? {} : { synchronous }),
    ...(archive === undefined ? {} : { archive }),
  };
  const { signal } = new AbortController();
  const cluster = await startCluster({
    on: 'auto',
    settings: design.postgres.settings,
    throwaway: false,
    topology: { wish: drill.topology?.(whole) ?? whole, database },
    machine: kind === 'copies' ? withoutBackrest() : thisMachine(),
  });
  onTestFinished(() => cluster.close());
  const { topology, primary } = cluster;
  if (topology === undefined) throw new Error('no topology');
  await setStage(cluster, design, { seed: 1, scale: 1, now: new Date(), signal, onEvent: () => {} });
  await prepareLedger(primary, database, { role: design.request.role, tenants });
  if (fault !== undefined) await injected(fault, cluster);

  const folder = mkdtempSync(path.join(tmpdir(), 'pgattest-ledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'ledger.jsonl');
  const to = (server: Postgres) => () => ({
    host: server.socketFolder,
    port: server.place.port,
    user: 'postgres',
    database,
  });
  const load = await startLedger({ file, route: to(primary), writers, tenants, ratePerSecond: 200, signal });
  const timeline = new Timeline();
  const scene: Scene = {
    cluster,
    topology,
    design,
    database,
    load,
    timeline,
    signal,
    hurried: fault !== undefined,
    route: async (server) => load.redirect(to(server), true),
    progress: () => {},
  };
  try {
    const recovered = await drill.run(scene);
    onTestFinished(() => recovered.close?.());
    const since = performance.now();
    const good = !recovered.serving || (await load.goodAgain(since, goodMs, 15_000, signal)) !== undefined;
    await load.stop();
    const ledger = await compared(file, load.origin, timeline, recovered);
    return { recovered, ledger, timeline, good, wrong: wrongIn(recovered.seen, ledger, good) };
  } finally {
    await load.stop();
  }
}

async function injected(fault: Fault, cluster: Awaited<ReturnType<typeof startCluster>>): Promise<void> {
  const client = await cluster.primary.connect({ database });
  try {
    await fault.inject({ session: new Session(client), cluster });
  } finally {
    await client.end();
  }
}

async function compared(
  file: string,
  origin: number,
  timeline: Timeline,
  { server, cut }: Recovered,
): Promise<LedgerComparison | undefined> {
  // From this drill's clock to the ledger's.
  const shift = -timeline.at(origin);
  try {
    return await compareLedger({
      file,
      connect: () => server.connect({ database }),
      ...(cut === undefined
        ? {}
        : {
            cut: {
              acknowledgedBy: cut.acknowledgedBy + shift,
              sentAfter: cut.sentAfter + shift,
              ...(cut.resumedAt === undefined ? {} : { resumedAt: cut.resumedAt + shift }),
            },
          }),
    });
  } catch {
    return undefined;
  }
}

function wrongIn(
  seen: readonly Seen[],
  ledger: LedgerComparison | undefined,
  good: boolean,
): readonly string[] {
  const looked = seen
    .filter(({ agrees }) => !agrees)
    .map(({ subject, way, actual }) => `${subject}: ${way}: ${actual}`);
  if (ledger === undefined) return [...looked, 'the ledger: nobody answers'];
  const counted = (['lost', 'phantom', 'duplicate', 'reordered', 'torn'] as const)
    .filter((kind) => ledger[kind].count > 0)
    .map((kind) => `the ledger: ${ledger[kind].count} ${kind}`);
  const broken = ledger.invariants
    .filter(({ holds }) => !holds)
    .map(({ says, actual }) => `the ledger: not ${says}: ${actual}`);
  return [...looked, ...counted, ...broken, ...(good ? [] : ['the ledger: writes are not good again'])];
}

/** The marks of a restore, in the order in which they must come. */
export const inOrder = (tried: Tried, names: readonly string[]): readonly string[] =>
  tried.timeline.marks.map(({ name }) => name as string).filter((name) => names.includes(name));
