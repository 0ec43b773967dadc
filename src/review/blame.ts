import { madeBy, type ObjectName, sameObject } from '../findings/names.ts';
import { missingObject } from './missing.ts';
import type { Result } from './pass.ts';
import type { Step } from './script.ts';

/**
 * For each failed step the earlier failed step that it follows from: the one that would have made what the error
 * misses. Undefined for a step that fails by its own fault.
 */
export function blame(
  steps: readonly Step[],
  results: readonly Result[],
): ReadonlyMap<number, number | undefined> {
  const lost = new Map<string, { readonly index: number; readonly made: ObjectName }[]>();
  const causes = new Map<number, number | undefined>();
  for (const [index, result] of results.entries()) {
    const step = steps[index];
    if (step === undefined || result.status === 'passed') continue;
    if (result.status === 'failed') {
      const missing = missingObject(result.refusal.message);
      const cause =
        missing === undefined
          ? undefined
          : lost.get(missing.name)?.find(({ made }) => sameObject(made, missing))?.index;
      causes.set(index, cause);
    }
    // What was not run made nothing either.
    if (step.class.role === 'fragment') continue;
    for (const made of madeBy(step.text)) {
      lost.set(made.name, [...(lost.get(made.name) ?? []), { index, made }]);
    }
  }
  return causes;
}
