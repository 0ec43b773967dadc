import { z } from 'zod';
import { triggersOf } from '../../catalog/index.ts';
import type { Breach } from '../../evidence/model.ts';
import type { CheckContext, Judgement } from '../check.ts';
import type { Target } from './target.ts';

/** Parameters of a check of one table. */
export interface TableParameters {
  /** As in the rules: `app.projects`. */
  readonly table: string;
}

export const tableParameters = z.strictObject({ kind: z.string(), table: z.string() });

/** Broken when anything went otherwise; not exercised when the data left something open. */
export function judge(breaches: readonly Breach[], unexercised: readonly string[]): Judgement {
  if (breaches.length > 0) return { outcome: 'broken', breaches, unexercised };
  if (unexercised.length > 0) {
    return { outcome: 'not-exercised', reason: unexercised[0] ?? '', breaches, unexercised };
  }
  return { outcome: 'held', breaches, unexercised };
}

/** Guards that the rules name and the table has not: nothing could be disabled to see whether the check notices. */
export function absentGuards(context: CheckContext, target: Target): readonly string[] {
  const there = new Set(triggersOf(context.catalog, target.relation.identity).map(({ name }) => name));
  return (target.rules.guards ?? [])
    .filter((name) => !there.has(name))
    .map((name) => `the rules name guard ${name} on ${target.relation.identity}, which is not there`);
}
