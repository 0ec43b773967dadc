import type { Check } from '../checks/check.ts';
import { type Capability, capabilities } from '../cluster/capability.ts';
import type { AnyCluster } from '../cluster/cluster.ts';
import type { CheckCall } from '../design/design.ts';

/** What a check needs and these capabilities have not. */
export function lackingFor(
  check: Check,
  call: CheckCall,
  able: ReadonlySet<Capability>,
): readonly Capability[] {
  const needs = [...check.needs, ...(check.needsFor?.(call) ?? [])];
  return [...new Set(needs)].filter((need) => !able.has(need));
}

/** What is needed, and what stands in the way where that is known. */
export function wanting({ lacking }: Pick<AnyCluster, 'lacking'>, need: Capability): string {
  const why = lacking?.[need];
  return `${need} (${capabilities[need]}${why === undefined ? '' : `: ${why}`})`;
}
