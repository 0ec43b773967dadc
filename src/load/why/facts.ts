import type { Counted } from './costs.ts';
import type { PlanModes, PoolerCost, Ratio, StatementDelta, Tax } from './model.ts';
import type { Played } from './probe.ts';

/** What was measured of a statement. */
export interface Facts extends Played {
  readonly share: number;
  readonly load: StatementDelta | null;
  readonly ms: number | null;
  readonly planningMs: number | null;
  readonly rows: number | null;
  readonly planText: string | null;
  readonly counted: Counted | undefined;
  /** The same without row security. */
  readonly free: Counted | undefined;
  readonly rls: Tax | null;
  readonly audit: Tax | null;
  readonly plans: PlanModes | null;
  readonly pooler: PoolerCost | null;
  /** Tables that its plan reads or writes, those of policies included. */
  readonly tables: readonly string[];
  readonly notes: readonly string[];
}

/** A ratio in words: `×1.8 (1.7–2.0)`. */
export function times({ ratio, low, high }: Pick<Ratio, 'ratio' | 'low' | 'high'>): string {
  return `×${short(ratio)} (${short(low)}–${short(high)})`;
}

export function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
