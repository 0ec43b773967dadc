import { z } from 'zod';
import type { Breach } from '../../evidence/model.ts';
import type { Judgement } from '../check.ts';

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
