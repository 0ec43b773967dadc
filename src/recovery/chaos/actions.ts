import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from '../../cluster/host.ts';
import { relaunchPostgres } from '../../cluster/postgres.ts';
import type { Replica } from '../../cluster/replica.ts';
import { statementMs } from '../../cluster/server.ts';
import { archiveOf, folderOf, switchSegment } from '../archive/archiver.ts';
import { worstMoment } from '../controller/worst-moment.ts';
import { noticeSoon } from '../drills/cut.ts';
import type { Scene } from '../model.ts';
import { breakAndFailOver } from './fail-over.ts';
import type { Standing } from './standing.ts';
import type { ActionName, Step } from './step.ts';

/** What came of a step. Moments are values of performance.now(). */
export interface Done {
  /** When breaking began. */
  readonly fault: number;
  /** When nothing stood in the way of writes any more, for all the step knows. */
  readonly over: number;
  readonly says: string;
  /** Another server is the primary from then on: what only the old one had is lost. */
  readonly failedOver?: true;
}

type Action = (scene: Scene, standing: Standing, step: Step) => Promise<Done>;

/**
 * What each action does, on the cluster as it stands. They throw ClusterError, or NotBack, where what was broken does not come back.
 */
export const actions: Readonly<Record<ActionName, Action>> = {
  'kill-and-fail-over': (scene, standing) =>
    breakAndFailOver(scene, standing, {
      says: 'the primary is killed',
      before: () => worstMoment(standing.primary, 'unsent', scene.signal),
      breaks: () => standing.primary.service.kill(),
    }),

  'freeze-and-fail-over': (scene, standing) =>
    breakAndFailOver(scene, standing, {
      says: 'the primary is frozen',
      breaks: () => standing.primary.service.freeze(),
    }),

  'crash-and-restart': async (scene, standing) => {
    const danger = await worstMoment(standing.primary, 'unwritten', scene.signal);
    const fault = performance.now();
    await crash(standing.primary.service);
    standing.restarted(
      await relaunchPostgres(scene.cluster.host, standing.primary, { signal: scene.signal, limitMs: 30_000 }),
    );
    return { fault, over: performance.now(), says: `${nameOf(standing)} crashes ${danger}, and recovers` };
  },

  'freeze-and-thaw': (scene, standing, { lasts }) =>
    during(scene, lasts, `${nameOf(standing)} is frozen`, async () => {
      const { service } = standing.primary;
      await service.freeze();
      return () => service.thaw();
    }),

  'restart-replica': (scene, standing, step) => {
    const replica = chosen(standing, step);
    return during(scene, step.lasts, `${replica.name} is killed`, async () => {
      await replica.kill();
      return () => replica.start(scene.signal);
    });
  },

  'restart-pooler': (scene, _, { lasts }) => {
    const { pooler } = scene.topology;
    if (pooler === undefined) throw new Error('a step of the pooler on a cluster without one');
    return during(scene, lasts, 'the pooler is killed', async () => {
      const { exited } = pooler.service;
      await pooler.service.kill();
      await exited;
      return () => pooler.restart(scene.signal);
    });
  },

  'close-archive': (scene, standing, { lasts }) =>
    during(scene, lasts, 'the archive is closed', async () => {
      const folder = folderOf(archiveOf(scene));
      const mode = async (to: string) => {
        const { exitCode, stderr } = await scene.cluster.host.exec(['chmod', to, folder]);
        if (exitCode !== 0) throw new Error(`chmod ${to} ${folder}: ${stderr.trim()}`);
      };
      await mode('000');
      // Where no segment ends nobody notices.
      const client = await standing.primary.connect({ statementMs });
      await switchSegment(client).finally(() => client.end());
      return () => mode('700');
    }),

  'cut-replica': async (scene, standing, step) => {
    await noticeSoon(scene);
    const replica = chosen(standing, step);
    return during(scene, step.lasts, `${replica.name} is cut off the network`, () =>
      replica.server.service.cutOff(),
    );
  },
};

const nameOf = ({ primary }: Standing) => primary.service.name;

/** Around the replicas that there are: steps are written for other clusters too. */
function chosen({ replicas }: Standing, { which }: Step): Replica {
  const replica = replicas[which % replicas.length];
  if (replica === undefined) throw new Error('a step of a replica on a cluster without one');
  return replica;
}

/** Breaks something for a while. What was broken is mended also where this ends early. */
async function during(
  { signal }: Scene,
  lasts: number,
  says: string,
  begin: () => Promise<() => Promise<void>>,
): Promise<Done> {
  const fault = performance.now();
  const mend = await begin();
  try {
    // How long it lasts is what the step is, and no wait for something else.
    await delay(lasts, undefined, { signal });
  } finally {
    await mend();
  }
  return { fault, over: performance.now(), says: `${says} for ${lasts} ms` };
}

/** Without a checkpoint, as a crash leaves it; one that does not end is ended. */
async function crash(service: Service): Promise<void> {
  service.signal('SIGQUIT');
  const waiting = new AbortController();
  await Promise.race([
    service.exited,
    delay(10_000, undefined, { signal: waiting.signal }).catch(() => undefined),
  ]);
  waiting.abort();
  // Of a container this takes away what is left of it.
  await service.kill();
}
