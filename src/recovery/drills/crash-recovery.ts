import { ClusterError } from '../../cluster/error.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import { relaunchPostgres } from '../../cluster/postgres.ts';
import { until } from '../../cluster/until.ts';
import { faults } from '../../faults/index.ts';
import { seeArchived } from '../controller/aftermath.ts';
import { worstMoment } from '../controller/worst-moment.ts';
import { defineDrill, type Scene, type Seen } from '../model.ts';
import { fewReplicas } from './failover-terms.ts';

const restartMs = 30_000;
const endMs = 10_000;

/** The primary stops without a word to its files, and is started on them again. */
export const crashRecovery = defineDrill({
  name: 'crash-recovery',
  says: 'the primary is stopped at once (SIGQUIT: no checkpoint, as a crash leaves it) and started again on the same files, which it recovers from its WAL',
  needs: ['superuser', 'faults'],
  loses: 'nothing',
  topology: fewReplicas,
  counterexamples: () => [
    faults['commits-unsent'](),
    faults['primary-setting'](
      'shared_preload_libraries',
      'pgattest_missing',
      'a setting that is read at the start alone keeps the server from starting again',
    ),
  ],
  run: async (scene) => {
    const { cluster, timeline, database, signal } = scene;
    const old = cluster.primary;
    const danger = await worstMoment(old, 'unwritten', signal);
    const began = timeline.now();
    await crash(old);
    timeline.mark('fault', `the primary is stopped at once ${danger}`, began);
    scene.progress('the primary recovers from its WAL');
    try {
      const server = await relaunchPostgres(cluster.host, old, { signal, limitMs: restartMs });
      timeline.mark('serving', 'the server lets clients in again');
      const seen = [await seeRecovered(server), ...(await seeFollowed(scene, server))];
      return { server, database, serving: true, seen: [...seen, ...(await seeArchived(scene, server))] };
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      return { server: old, database, serving: true, seen: [notBack(error)] };
    }
  },
});

async function crash(server: Postgres): Promise<void> {
  let ended = false;
  void server.service.exited.then(() => {
    ended = true;
  });
  server.service.signal('SIGQUIT');
  await until(() => ended, endMs);
  // One that does not end is ended; of a container this takes away what is left of it.
  await server.service.kill();
}

const recovery = {
  subject: 'primary',
  way: 'started again on the files of a crash',
  statement: 'SIGQUIT; postgres',
};

/** It really had to recover: a server that was stopped in order shows nothing. */
async function seeRecovered(server: Postgres): Promise<Seen> {
  const lines = (await server.service.log()).split('\n');
  const line = lines.find((each) => /was not properly shut down|was interrupted/.test(each));
  const end = lines.find((each) => /redo done at|redo is not required/.test(each));
  const words = [line, end].flatMap((each) => (each === undefined ? [] : [each.replace(/^.*LOG:\s+/, '')]));
  return {
    ...recovery,
    expected: 'it recovers by itself',
    actual: words.length === 0 ? 'its log tells of no recovery' : words.join('; '),
    agrees: line !== undefined,
  };
}

const notBack = (error: ClusterError): Seen => ({
  ...recovery,
  expected: 'it recovers by itself',
  actual: error.message,
  agrees: false,
});

async function seeFollowed({ topology, signal }: Scene, server: Postgres): Promise<readonly Seen[]> {
  const began = performance.now();
  const streaming = await Promise.allSettled(
    // It is the same server at the same place, and the replicas find it by themselves.
    topology.replicas.map((replica) => replica.streamsFrom(server, signal)),
  );
  const took = (performance.now() - began).toFixed(0);
  return streaming.map((result, n) => ({
    subject: topology.replicas[n]?.name ?? '',
    way: 'after the crash of its primary',
    statement: 'SELECT state FROM pg_stat_replication',
    expected: 'streams again by itself',
    actual: result.status === 'fulfilled' ? `streams after ${took} ms` : String(result.reason),
    agrees: result.status === 'fulfilled',
  }));
}
