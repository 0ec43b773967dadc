import { appendFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ClusterError } from '../../cluster/error.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import type { LedgerBreak } from '../ledger/compare.ts';
import type { Scene, Seen } from '../model.ts';
import { actions } from './actions.ts';
import { NotBack } from './fail-over.ts';
import { Standing } from './standing.ts';
import { type Step, sayStep } from './step.ts';

export const historySchema = 'pgattest.chaos/1';

/** A step that was carried out. Moments are milliseconds of the scene's timeline. */
export interface Played {
  readonly step: Step;
  readonly fault: number;
  /** The first good write after it; undefined: there was none while it was waited for. */
  readonly good: number | undefined;
  readonly end: number;
  readonly says: string;
}

export interface Play {
  readonly played: readonly Played[];
  /** From the fault of each failover until writes were good again. */
  readonly failovers: readonly LedgerBreak[];
  /** The cluster as the last step left it. */
  readonly standing: Standing;
  readonly primary: Postgres;
  /** What stopped it before its end. */
  readonly stopped?: Seen;
}

/** Between two steps writes are good when nothing goes wrong for so long: faults that follow closely are what is wanted. */
const goodMs = 500;
const patienceMs = 60_000;
const hurriedMs = 12_000;

/**
 * Carries out the steps one after the other while the writers are at work. Before the next one every replica streams and writes are good
 * again; where that does not come about it stops, and says so. Each step is noted in a file of JSON lines, before it and after it.
 */
export async function play(scene: Scene, steps: readonly Step[], history: string): Promise<Play> {
  const { timeline, signal } = scene;
  const standing = new Standing(scene);
  const played: Played[] = [];
  const failovers: LedgerBreak[] = [];
  const note = (line: object) => appendFile(history, `${JSON.stringify(line)}\n`);
  await note({
    schema: historySchema,
    startedAt: timeline.startedAt.toISOString(),
    steps: steps.map(sayStep),
  });
  for (const [index, step] of steps.entries()) {
    await delay(step.after, undefined, { signal });
    const number = index + 1;
    scene.progress(`step ${number} of ${steps.length}: ${sayStep(step)}`);
    const began = timeline.now();
    const on = standing.primary.service.name;
    await note({ step: number, does: sayStep(step), on, began });
    const outcome = await carriedOut(scene, standing, step);
    const end = timeline.now();
    if (outcome.state === 'stopped') {
      const { why } = outcome;
      await note({ step: number, end, stopped: why });
      // A loss may have come of it all the same: whatever is missing is asked of the server that has the data now.
      if (standing.primary.service.name !== on) failovers.push({ from: began, to: end });
      return { played, failovers, standing, primary: standing.primary, stopped: seenStop(number, step, why) };
    }
    const { fault, good, says, failedOver } = outcome;
    played.push({ step, fault, good, end, says });
    if (failedOver) failovers.push({ from: fault, to: good ?? end });
    await note({ step: number, fault, good, end, says });
    if (good === undefined) {
      const why = `${says}; writes are not good again`;
      return { played, failovers, standing, primary: standing.primary, stopped: seenStop(number, step, why) };
    }
  }
  return { played, failovers, standing, primary: standing.primary };
}

type CarriedOut =
  | { readonly state: 'stopped'; readonly why: string }
  | {
      readonly state: 'done';
      readonly fault: number;
      readonly good: number | undefined;
      readonly says: string;
      readonly failedOver: boolean;
    };

async function carriedOut(scene: Scene, standing: Standing, step: Step): Promise<CarriedOut> {
  const { load, timeline, signal, hurried } = scene;
  try {
    const {
      fault,
      over,
      says,
      failedOver = false,
    } = await actions[step.action](standing.scene(), standing, step);
    await standing.settled(signal);
    const good = await load.goodAgain(over, goodMs, hurried ? hurriedMs : patienceMs, signal);
    return {
      state: 'done',
      fault: timeline.at(fault),
      good: good === undefined ? undefined : timeline.at(good),
      says,
      failedOver,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ClusterError || error instanceof NotBack)) throw error;
    return { state: 'stopped', why: error.message };
  }
}

const seenStop = (number: number, step: Step, why: string): Seen => ({
  subject: 'cluster',
  way: `step ${number}`,
  statement: sayStep(step),
  expected: 'it goes on afterwards, with every replica, and writes are good again',
  actual: why,
  agrees: false,
  object: step.action,
});
