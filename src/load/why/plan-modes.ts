import { compare } from './compare.ts';
import type { PlanModes } from './model.ts';
import { scansOf } from './plan.ts';
import type { Probe } from './probe.ts';
import type { Rig } from './rig.ts';

/** A prepared statement with one plan for all parameters against one that is planned for these each time, planning included. */
export async function planModes(
  rig: Rig,
  probes: readonly Probe[],
  options: { readonly pairs: number; readonly signal: AbortSignal },
): Promise<PlanModes> {
  const { ratio, a, b } = await compare(
    rig,
    probes,
    { generic: true },
    // Not by force_custom_plan, which would have functions plan anew inside.
    {},
    { ...options, value: ({ executionMs, planningMs }) => executionMs + planningMs },
  );
  const { sameRows: _, ...rest } = ratio;
  return {
    ...rest,
    genericPlanMs: a.planningMs,
    customPlanMs: b.planningMs,
    genericScans: scansOf(a.explained.root),
    customScans: scansOf(b.explained.root),
  };
}
