import type { Fault, FaultTarget } from '../fault.ts';

/** A replica that has died, as by a power cut. */
export function replicaKilled(index = 0): Fault {
  const replica = ({ cluster }: FaultTarget) => cluster?.topology?.replicas[index];
  const name = `replica_${index + 1}`;
  return {
    kind: 'replica-killed',
    name: `replica-killed ${name}`,
    object: name,
    says: `${name} is killed`,
    scope: 'cluster',
    inject: async (target) => replica(target)?.kill(),
    heal: async (target) => replica(target)?.start(),
  };
}
