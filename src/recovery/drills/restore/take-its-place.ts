import type { Postgres } from '../../../cluster/postgres.ts';
import type { Restored } from '../../backup/model.ts';
import type { Scene } from '../../model.ts';

/**
 * The restored server takes the place of another: that is stopped first, so that nobody is told of a commit by both, and the writers
 * are led to the new one. Gives the moment between the two, of the timeline: what is acknowledged after is the new one's.
 */
export async function takeItsPlace(
  scene: Scene,
  { server }: Restored,
  old: Postgres = scene.cluster.primary,
): Promise<number> {
  const { timeline } = scene;
  await old.stop();
  timeline.mark('fenced', `${old.service.name} is stopped`);
  const resumedAt = timeline.now();
  await scene.route(server);
  timeline.mark('rerouted', `writers are led to ${server.service.name}`);
  timeline.mark('serving', 'the restored database has taken the place of the old one');
  return resumedAt;
}
