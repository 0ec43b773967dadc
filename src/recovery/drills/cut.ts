import type { Service } from '../../cluster/host.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import type { Replica } from '../../cluster/replica.ts';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import { hasApplied } from '../controller/rejoin.ts';
import type { Scene, Seen } from '../model.ts';

/** How long a network is cut: longer than clients wait for an answer, shorter than anybody would fail over by hand. */
const cutMs = 4_000;
const backMs = 30_000;

/**
 * Both ends of a stream notice a dead network after this time. The design's, a minute by default, is the same clockwork, and nobody waits
 * for it.
 */
export const triedTimeout = '3s';

export interface Cut {
  /** Commits that were acknowledged from when the network was gone until it was back. */
  readonly acknowledged: number;
}

/** Cuts services off the network for a while, marks when, and counts what is acknowledged meanwhile. */
export async function cut(scene: Scene, says: string, services: readonly Service[]): Promise<Cut> {
  const { timeline, load, signal } = scene;
  const heals: (() => Promise<void>)[] = [];
  const began = timeline.now();
  try {
    for (const service of services) heals.push(await service.cutOff());
    timeline.mark('fault', `${says}, which took ${(timeline.now() - began).toFixed(0)} ms`, began);
    scene.progress(says);
    const before = load.counts.acknowledged;
    const ends = performance.now() + cutMs;
    await until(() => performance.now() >= ends, cutMs + 1_000, signal);
    return { acknowledged: load.counts.acknowledged - before };
  } finally {
    for (const heal of heals) await heal();
    timeline.mark('healed', 'the network is whole again');
  }
}

/** With the way of the clients cut nothing can be acknowledged: a cut that cuts nothing shows nothing. */
export const nothingMeanwhile = ({ acknowledged }: Cut): Seen => ({
  subject: 'commits',
  way: 'while the network of the clients is cut',
  statement: 'the ledger',
  expected: 'none is acknowledged',
  actual: `${acknowledged} acknowledged`,
  agrees: acknowledged === 0,
});

/** Lets both ends notice a dead stream soon. */
export async function noticeSoon({ cluster, topology }: Scene): Promise<void> {
  await tell(cluster.primary, 'wal_sender_timeout');
  for (const { server } of topology.replicas) await tell(server, 'wal_receiver_timeout');
}

async function tell(server: Postgres, setting: 'wal_sender_timeout' | 'wal_receiver_timeout'): Promise<void> {
  const client = await server.connect({ statementMs });
  try {
    await client.query(`ALTER SYSTEM SET ${setting} = '${triedTimeout}'`);
    await client.query('SELECT pg_reload_conf()');
  } finally {
    await client.end();
  }
}

/** Each replica has, in time, what the primary had when the network was back. */
export async function seeCaughtUp({ cluster, topology, hurried, signal }: Scene): Promise<readonly Seen[]> {
  const client = await cluster.primary.connect({ statementMs });
  const { rows } = await client
    .query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn')
    .finally(() => client.end());
  const lsn = rows[0]?.lsn ?? '0/0';
  const limitMs = hurried ? backMs / 3 : backMs;
  const began = performance.now();
  const applied = async ({ server }: Replica) => {
    const there = await until(() => hasApplied(server, lsn), limitMs, signal);
    return { there, milliseconds: performance.now() - began };
  };
  const found = await Promise.all(topology.replicas.map(applied));
  return found.map(({ there, milliseconds }, n) => ({
    subject: topology.replicas[n]?.name ?? '',
    way: 'once the network is whole',
    statement: `pg_last_wal_replay_lsn(); wal_sender_timeout and wal_receiver_timeout ${triedTimeout} for this`,
    expected: `it has what the primary had then, within ${limitMs} ms`,
    actual: `${there ? 'after' : 'not after'} ${milliseconds.toFixed(0)} ms`,
    agrees: there,
  }));
}
