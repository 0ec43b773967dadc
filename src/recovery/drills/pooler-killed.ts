import { ClusterError } from '../../cluster/error.ts';
import { faults } from '../../faults/index.ts';
import { defineDrill, type Recovered, type Seen } from '../model.ts';
import { noReplicas } from './failover-terms.ts';

/** The pooler dies, and whoever keeps it running starts it again: all its clients lose their connections, and the server none of its data. */
export const poolerKilled = defineDrill({
  name: 'pooler-killed',
  says: 'PgBouncer is killed under load and started again at its place: its clients connect again, and nothing that was acknowledged is lost',
  needs: ['superuser', 'faults', 'pooler'],
  loses: 'nothing',
  topology: noReplicas,
  counterexamples: () => [faults['pooler-file-broken']()],
  run: async (scene): Promise<Recovered> => {
    const { cluster, topology, timeline, database, signal } = scene;
    const { pooler } = topology;
    if (pooler === undefined) throw new Error('a drill of the pooler on a cluster without one');
    const { exited } = pooler.service;
    const began = timeline.now();
    await pooler.service.kill();
    timeline.mark(
      'fault',
      `PgBouncer is killed, which took ${(timeline.now() - began).toFixed(0)} ms`,
      began,
    );
    await exited;
    timeline.mark('detected', 'its process has ended');
    const back = (actual: string, agrees: boolean): Seen => ({
      subject: 'pooler',
      way: 'started again as it was',
      statement: 'pgbouncer; SHOW VERSION',
      expected: 'it answers',
      actual,
      agrees,
      object: "the pooler's file",
    });
    const recovered = { server: cluster.primary, database, serving: true };
    try {
      await pooler.restart(signal);
      timeline.mark('serving', 'PgBouncer answers again');
      return { ...recovered, seen: [back(`PgBouncer ${pooler.version} answers`, true)] };
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      return { ...recovered, seen: [back(error.message, false)] };
    }
  },
});
