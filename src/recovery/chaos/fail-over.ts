import { type Breaking, failOver } from '../controller/failover.ts';
import { rejoin } from '../controller/rejoin.ts';
import type { Scene } from '../model.ts';
import type { Done } from './actions.ts';
import type { Standing } from './standing.ts';

/** What was broken did not come back. */
export class NotBack extends Error {}

/** The primary breaks, a replica takes its place, and the old primary joins that as a replica. */
export async function breakAndFailOver(scene: Scene, standing: Standing, breaking: Breaking): Promise<Done> {
  const { timeline, signal } = scene;
  const old = standing.primary.service.name;
  const outcome = await failOver(scene, breaking);
  if (outcome.state === 'none') throw new NotBack(`no replica takes the place of ${old}: ${outcome.why}`);
  const { promoted, followers, stray } = outcome;
  const over = performance.now();
  standing.failedOver(promoted.server, followers);
  const [lost] = stray;
  if (lost !== undefined) throw new NotBack(`${lost.name} does not follow ${promoted.name}: ${lost.why}`);
  const rejoined = await rejoin(scene, promoted, followers).catch((error: unknown) => {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    throw new NotBack(`${old} does not join ${promoted.name} as a replica: ${why}`, { cause: error });
  });
  standing.failedOver(promoted.server, [...followers, rejoined.replica]);
  const fault = timeline.when('fault');
  const [mark] = timeline.marks.filter(({ name }) => name === 'fault');
  return {
    fault: fault === undefined ? over : timeline.steady(fault),
    over: timeline.steady(timeline.when('rerouted') ?? timeline.now()),
    says: `${old}: ${mark?.says ?? breaking.says}; ${promoted.name} takes its place, and it joins by ${rejoined.by}`,
    failedOver: true,
  };
}
