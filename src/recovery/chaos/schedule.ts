import type { ActionName, Step } from './step.ts';

/** What there is to be disturbed, and what the host can do to it. */
export interface Reach {
  readonly replicas: number;
  readonly pooler: boolean;
  readonly archive: boolean;
  readonly freeze: boolean;
  readonly cutOff: boolean;
}

interface Kind {
  readonly can: (reach: Reach) => boolean;
  /** How often it is drawn, against the others. */
  readonly weight: number;
  /** Between these many milliseconds; none where it ends by itself. */
  readonly lasts?: readonly [least: number, most: number];
  /** What it takes beyond that, until writes are good again, about: by this the length of a schedule is reckoned. */
  readonly takesMs: number;
  readonly picks?: true;
}

const hasReplicas = ({ replicas }: Reach) => replicas > 0;

const kinds: Readonly<Record<ActionName, Kind>> = {
  'kill-and-fail-over': { can: hasReplicas, weight: 3, takesMs: 8_000 },
  'freeze-and-fail-over': { can: (reach) => hasReplicas(reach) && reach.freeze, weight: 1, takesMs: 11_000 },
  'crash-and-restart': { can: () => true, weight: 2, takesMs: 3_000 },
  'freeze-and-thaw': { can: ({ freeze }) => freeze, weight: 2, lasts: [200, 2_500], takesMs: 1_000 },
  'restart-replica': { can: hasReplicas, weight: 2, lasts: [200, 3_000], takesMs: 2_000, picks: true },
  'restart-pooler': { can: ({ pooler }) => pooler, weight: 2, lasts: [0, 1_500], takesMs: 1_500 },
  'close-archive': { can: ({ archive }) => archive, weight: 1, lasts: [500, 4_000], takesMs: 1_000 },
  'cut-replica': {
    can: (reach) => hasReplicas(reach) && reach.cutOff,
    weight: 2,
    lasts: [500, 4_000],
    takesMs: 3_000,
    picks: true,
  },
};

const pauseMs = [200, 3_000] as const;

/** What a step takes, about, in milliseconds. */
export const stepMs = ({ after, action, lasts }: Step): number => after + lasts + kinds[action].takesMs;

/** Actions that this reach allows, in the order of `actionNames`. */
export const possible = (reach: Reach): readonly ActionName[] =>
  (Object.keys(kinds) as ActionName[]).filter((name) => kinds[name].can(reach));

/**
 * A sequence of disturbances that the numbers decide: the same numbers, length and reach give the same steps, and a longer one begins
 * with the steps of a shorter one. At least one step.
 *
 * @param random numbers in [0, 1), of a seed
 * @param lengthMs about how long they take in all
 */
export function scheduleOf(random: () => number, lengthMs: number, reach: Reach): readonly Step[] {
  const drawn = possible(reach).flatMap((name) => Array.from({ length: kinds[name].weight }, () => name));
  const between = ([least, most]: readonly [number, number]) =>
    10 * Math.round((least + random() * (most - least)) / 10);
  const steps: Step[] = [];
  for (let spent = 0; spent < lengthMs || steps.length === 0; ) {
    const action = drawn[Math.floor(random() * drawn.length)] ?? 'crash-and-restart';
    const { lasts, picks } = kinds[action];
    const step: Step = {
      after: between(pauseMs),
      action,
      lasts: lasts === undefined ? 0 : between(lasts),
      which: picks === undefined ? 0 : Math.floor(random() * reach.replicas),
    };
    steps.push(step);
    spent += stepMs(step);
  }
  return steps;
}
