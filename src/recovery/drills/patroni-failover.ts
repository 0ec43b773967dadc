import { lease } from '../../cluster/patroni/config.ts';
import { type Patroni, patroniOf } from '../../cluster/patroni/patroni.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import type { TopologyWish } from '../../cluster/topology.ts';
import { until } from '../../cluster/until.ts';
import { faults } from '../../faults/index.ts';
import { worstMoment } from '../controller/worst-moment.ts';
import { defineDrill, type Recovered, type Scene, type Seen } from '../model.ts';
import { rejoined } from './patroni/rejoined.ts';

const old = 'node_1';

/** What the lease of a dead leader takes to run out at the most, and a while. */
const leaseMs = (lease.ttl + lease.loop_wait + 10) * 1000;
/** From there to a leader: each node looks once or twice, and the fittest takes the lock. What takes much longer never comes. */
const electMs = ({ hurried }: Scene) => (lease.loop_wait * 3 + (hurried ? 0 : 15)) * 1000;

/** Patroni makes its own replicas; an archive of one data folder would refuse the others. */
function alone({
  archive: _archive,
  synchronous: _synchronous,
  pooler,
  ...wish
}: TopologyWish): TopologyWish {
  if (pooler === undefined) return { ...wish, replicas: 0 };
  const { reader: _reader, ...writerOnly } = pooler;
  return { ...wish, replicas: 0, pooler: writerOnly };
}

/**
 * A real failover controller at work. Its phases: `detected` when the lease of the dead leader is out, `decided` when another node holds the
 * lock, `promoted` when that node tells load balancers that it takes writes.
 */
export const patroniFailover = defineDrill({
  name: 'patroni-failover',
  says: 'the machine of the leader dies, agent and server at one instant; Patroni promotes a synchronous replica, clients follow, and the old leader rejoins by itself when it is back',
  needs: ['superuser', 'faults', 'patroni'],
  loses: 'nothing',
  topology: alone,
  counterexamples: () => [faults['patroni-paused'](), faults['commits-unsent']()],
  run,
});

async function run(scene: Scene): Promise<Recovered> {
  const { cluster, timeline, signal, database } = scene;
  const patroni = await patroniOf(cluster, { signal, progress: scene.progress });
  const close = () => patroni.close();
  const before = await patroni.state();
  const moment = await worstMoment(cluster.primary, 'unsent', signal);
  timeline.mark('fault', `agent and server of ${old} are killed at one instant, ${moment}`);
  await patroni.node(old).kill();
  timeline.mark('injected', 'neither of them runs any more');
  const leader = await elected(scene, patroni);
  const election: Seen = {
    subject: 'leader',
    way: `after ${old}, which held the lock`,
    statement: 'GET /primary of each node',
    expected: `one of those that have every commit: ${listed(before.synchronous)}`,
    actual: leader ?? `none within ${electMs(scene) / 1000} s of the end of its lease`,
    agrees: leader !== undefined && before.synchronous.includes(leader),
    object: 'patroni',
  };
  const server = leader === undefined ? undefined : await patroni.node(leader).server();
  if (leader === undefined || server === undefined) {
    // What a replica has can be compared all the same.
    return { server: await anyReplica(patroni), database, serving: true, seen: [election], close };
  }
  await scene.route(server);
  timeline.mark('rerouted', `clients are led to ${leader}`);
  // That a loss is noticed is all that is asked for: nobody need come back for it.
  const seen = scene.hurried ? [] : await rejoined(scene, patroni, { old, leader, server });
  return { server, database, serving: true, seen: [election, ...seen], close };
}

/** Who leads after the old one; undefined where nobody does in time. */
async function elected(scene: Scene, patroni: Patroni): Promise<string | undefined> {
  const { timeline, signal } = scene;
  let found: string | undefined;
  const free = async () => (await patroni.state()).leader !== old;
  if (!(await until(free, leaseMs, signal))) return undefined;
  timeline.mark('detected', `the lease of ${old} has run out, ${lease.ttl} s after it was last renewed`);
  await until(
    async () => {
      const { leader } = await patroni.state();
      if (leader === undefined) return false;
      timeline.mark('decided', `${leader} holds the lock`);
      if (!(await patroni.node(leader).leads())) return false;
      timeline.mark('promoted', `${leader} takes writes, as it tells load balancers`);
      found = leader;
      return true;
    },
    electMs(scene),
    signal,
  );
  return found;
}

async function anyReplica(patroni: Patroni): Promise<Postgres> {
  for (const node of patroni.nodes) {
    const server = node.name === old ? undefined : await node.server();
    if (server !== undefined) return server;
  }
  throw new Error('no replica is left');
}

const listed = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));
