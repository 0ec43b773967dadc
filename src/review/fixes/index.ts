import { divisionByZero, extractFromDays } from './arithmetic.ts';
import type { Failure, Fix, Repair, Scene } from './fix.ts';
import { indexExpression, indexPredicate } from './index-immutable.ts';
import { enumValue, literalType } from './literals.ts';
import {
  dropMissing,
  extensionNotAvailable,
  missingColumn,
  missingExtension,
  missingRole,
} from './missing-things.ts';
import { notPartitioned } from './not-partitioned.ts';
import { otherSchema } from './other-schema.ts';
import { partitionKeyInUnique } from './partition-key-in-unique.ts';
import { concurrentlyOnParent, loopOverPartitions, parameterOnParent } from './partitioned-parent.ts';
import { renamedColumn } from './renamed-column.ts';
import { uniqueConstraint } from './unique-constraint.ts';

/** Every known fault of load, in the order in which they are tried. */
const fixes: readonly Fix[] = [
  partitionKeyInUnique,
  uniqueConstraint,
  indexPredicate,
  indexExpression,
  extractFromDays,
  divisionByZero,
  renamedColumn,
  dropMissing,
  otherSchema,
  missingExtension,
  extensionNotAvailable,
  missingRole,
  missingColumn,
  notPartitioned,
  enumValue,
  literalType,
  parameterOnParent,
  concurrentlyOnParent,
  loopOverPartitions,
];

/** The first known repair of a failure, with the id of its fix. */
export async function findRepair(
  failure: Failure,
  scene: Scene,
): Promise<{ readonly id: string; readonly repair: Repair } | undefined> {
  for (const fix of fixes) {
    if (!fix.sqlstates.includes(failure.refusal.sqlstate)) continue;
    // A repair is an offer: where the text is too odd for one, there is none.
    const repair = await fix.propose(failure, scene).catch(() => undefined);
    if (repair !== undefined) return { id: fix.id, repair };
  }
  return undefined;
}

export type { Failure, Repair, Scene } from './fix.ts';
