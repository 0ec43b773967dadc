import { z } from 'zod';
import type { Store } from './store.ts';

/** Name of the cluster in its store. */
export const scope = 'pgattest';
export const below = `/service/${scope}/`;

const Member = z.object({
  role: z.string(),
  state: z.string(),
  timeline: z.int().optional(),
});
const Sync = z.object({ leader: z.string().nullish(), sync_standby: z.string().nullish() });
const Config = z.object({ pause: z.boolean().nullish() });

/** What the nodes agree on, as their store has it. */
export interface HaState {
  /** Who holds the lock; undefined: nobody, since its lease ran out. */
  readonly leader: string | undefined;
  /** Who has every commit that was acknowledged, beside the leader. */
  readonly synchronous: readonly string[];
  readonly paused: boolean;
  /** What each node said of itself last; a node that is gone is forgotten with its lease. */
  readonly members: ReadonlyMap<string, z.infer<typeof Member>>;
}

export async function readState(store: Store): Promise<HaState> {
  const keys = await store.list(below);
  const json = (name: string): unknown => JSON.parse(keys.get(`${below}${name}`) ?? '{}');
  const members = [...keys].flatMap(([key, value]) => {
    const name = key.startsWith(`${below}members/`) ? key.slice(`${below}members/`.length) : undefined;
    const said = name === undefined ? undefined : Member.safeParse(JSON.parse(value)).data;
    return name === undefined || said === undefined ? [] : [[name, said] as const];
  });
  return {
    leader: keys.get(`${below}leader`),
    synchronous: (Sync.parse(json('sync')).sync_standby ?? '').split(',').filter((name) => name !== ''),
    paused: Config.parse(json('config')).pause === true,
    members: new Map(members),
  };
}
