import { findFile, type Places } from '../../cluster/doctor/ask.ts';
import { type Machine, thisMachine } from '../../cluster/machine.ts';

/** Whether a k6 with the extension can be had: there is Go to build it with. */
export function k6IsAtHand(machine: Machine = thisMachine(), places?: Places): boolean {
  return findFile(['go'], machine, places) !== undefined;
}
