import { until } from '../../cluster/until.ts';
import { faults } from '../../faults/index.ts';
import { recoveredByFailover } from '../controller/recovered.ts';
import { defineDrill, type Scene, type Seen } from '../model.ts';
import { failoverLoses, fewReplicas } from './failover-terms.ts';

/** How far the replicas fall behind: so many commits, or for so long. */
const commits = 200;
const limitMs = 2_000;

/** The primary dies when its replicas have received nothing for a while. */
export const replicaBehind = defineDrill({
  name: 'replica-behind',
  says: 'no replica receives anything for up to two seconds of commits, and then the primary is killed: what was acknowledged meanwhile is lost, unless a commit waits for its replica',
  needs: ['superuser', 'faults', 'replicas'],
  loses: failoverLoses,
  topology: fewReplicas,
  counterexamples: (design) => [
    design.topology.synchronous === undefined
      ? faults['slot-lost']()
      : faults['primary-setting'](
          'synchronous_standby_names',
          '',
          'commits are acknowledged though no replica has them',
        ),
    faults['failover-paused'](),
  ],
  run: async (scene) => {
    const seen: Seen[] = [];
    const recovered = await recoveredByFailover(scene, {
      says: 'the primary is killed',
      before: async () => {
        const acknowledged = await fallBehind(scene);
        seen.push(behind(scene, acknowledged));
        return `${acknowledged} commits after the replicas received their last`;
      },
      breaks: () => scene.cluster.primary.service.kill(),
    });
    return { ...recovered, seen: [...recovered.seen, ...seen] };
  },
});

/** Commits that were acknowledged while no replica received anything. */
async function fallBehind({ topology, load, signal }: Scene): Promise<number> {
  await Promise.all(topology.replicas.map((replica) => replica.detach()));
  const before = load.counts.acknowledged;
  await until(() => load.counts.acknowledged - before >= commits, limitMs, signal);
  return load.counts.acknowledged - before;
}

function behind({ design }: Scene, acknowledged: number): Seen {
  const waits = design.topology.synchronous !== undefined;
  return {
    subject: 'replicas',
    way: 'receive nothing before the primary is killed',
    statement: "primary_conninfo = ''",
    expected: waits ? 'no commit is acknowledged meanwhile' : 'commits are acknowledged, and will be lost',
    actual: `${acknowledged} acknowledged`,
    agrees: waits ? acknowledged === 0 : acknowledged > 0,
    ...(waits ? { object: 'synchronous_standby_names' } : {}),
  };
}
