import { patroniOf } from '../../cluster/patroni/patroni.ts';
import type { Fault } from '../fault.ts';

/** A failover controller that somebody paused, as for maintenance, and forgot: it looks on, and promotes nobody. */
export function patroniPaused(): Fault {
  return {
    kind: 'patroni-paused',
    name: 'patroni-paused',
    object: 'pause',
    says: 'automatic failover is paused, as for maintenance, and was not resumed',
    statement: 'patronictl pause --wait',
    scope: 'cluster',
    inject: async ({ cluster }) => {
      if (cluster !== undefined) await (await patroniOf(cluster)).pause();
    },
    heal: async ({ cluster }) => {
      if (cluster !== undefined) await (await patroniOf(cluster)).resume();
    },
  };
}
