import { type ControllerSettings, writeControllerSettings } from '../../cluster/controller-file.ts';
import type { Fault } from '../fault.ts';

/** A failover controller that is told to leave the old primary alone: it may go on beside the new one. */
export function fenceMissing(): Fault {
  return misset('fence-missing', 'fences', 'the failover controller does not fence the old primary', {
    fences: false,
  });
}

/** A failover controller that is told to do nothing, as in maintenance. */
export function failoverPaused(): Fault {
  return misset('failover-paused', 'promotes', 'the failover controller is paused, and promotes nobody', {
    promotes: false,
  });
}

function misset(kind: string, key: string, says: string, changes: Partial<ControllerSettings>): Fault {
  return {
    kind,
    name: `${kind} controller`,
    object: `${key} of the controller`,
    says,
    statement: `controller.json: ${JSON.stringify(changes)}`,
    scope: 'cluster',
    inject: async ({ cluster }) => {
      if (cluster !== undefined) await writeControllerSettings(cluster.host, changes);
    },
    heal: async ({ cluster }) => {
      if (cluster !== undefined) await writeControllerSettings(cluster.host, {});
    },
  };
}
