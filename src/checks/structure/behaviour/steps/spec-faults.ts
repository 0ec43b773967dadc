import type { Fault } from '../../../../faults/fault.ts';
import { type FaultSpec, faultOf } from '../../../../faults/spec.ts';

/** The faults of a claim's `without`. Two of the same object are told apart by what they say. */
export function specFaults(specs: readonly FaultSpec[]): readonly Fault[] {
  const made = specs.map(faultOf);
  return made.map((fault) =>
    made.filter(({ name }) => name === fault.name).length > 1
      ? { ...fault, name: `${fault.name}: ${fault.says}` }
      : fault,
  );
}
