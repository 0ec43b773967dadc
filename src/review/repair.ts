import { madeBy } from '../findings/names.ts';
import { blame } from './blame.ts';
import { findRepair } from './fixes/index.ts';
import type { AppliedFix, Cause } from './model.ts';
import type { Result } from './pass.ts';
import type { Scratch } from './scratch.ts';
import type { Refusal } from './scratch-query.ts';
import { type Step, withoutRunning } from './script.ts';

/** What became of one step over all passes. */
export interface Fate {
  readonly asWritten: Result;
  afterFixes: Result;
  cause?: Cause;
  /** Index of the earlier step that it follows from. */
  because?: number;
  /** Its own fault, as it was first seen. */
  fault?: Refusal;
  readonly fixes: AppliedFix[];
}

export interface Repaired {
  readonly fates: readonly Fate[];
  readonly passes: number;
}

/** Faults lie in layers: each pass shows the next. Real documents need four or five. */
const mostPasses = 10;
const mostFixes = 8;

/**
 * Runs the steps as written, then again with known repairs applied, each time on a fresh database, until no failure has a repair
 * left. What fails in the end without a repair stays, and so does what follows from it. `look` sees the last database.
 */
export async function repairAll(
  steps: readonly Step[],
  onFresh: <T>(
    work: (scratch: Scratch, run: (steps: readonly Step[]) => Promise<readonly Result[]>) => Promise<T>,
  ) => Promise<T>,
  look: (scratch: Scratch, steps: readonly Step[]) => Promise<void>,
): Promise<Repaired> {
  const asWritten = await onFresh((_, run) => run(steps));
  const fates: Fate[] = asWritten.map((result) => ({ asWritten: result, afterFixes: result, fixes: [] }));
  const visible = blame(steps, asWritten);
  for (const [index, cause] of visible) setCause(fates[index], cause, asWritten[index], 'first-order');
  let current = steps.map((step, at) => spare(withoutRunning(step), asWritten[at]));
  for (let passes = 2; ; passes++) {
    const again = await onFresh(async (scratch, run) => {
      const results = await run(current);
      for (const [at, result] of results.entries()) {
        const fate = fates[at];
        if (fate !== undefined) fate.afterFixes = finalOf(fate, result, passes);
      }
      const late = results.some((result) => result.status === 'not run' && result.late === true);
      const next =
        passes < mostPasses && !late ? await nextSteps(current, results, fates, scratch) : undefined;
      if (next === undefined) await look(scratch, current);
      return next;
    });
    if (again === undefined) return { fates, passes };
    current = again;
  }
}

/** The steps with one more layer of repairs, or undefined when there is none. */
async function nextSteps(
  steps: Step[],
  results: readonly Result[],
  fates: readonly Fate[],
  scratch: Scratch,
): Promise<Step[] | undefined> {
  const causes = blame(steps, results);
  const next = [...steps];
  const touched = new Map<number, string>();
  for (const [index, cause] of causes) {
    const [step, result, fate] = [steps[index], results[index], fates[index]];
    if (step === undefined || result?.status !== 'failed' || fate === undefined) continue;
    if (cause !== undefined) continue;
    setCause(fate, undefined, result, ownCause(fate, result.refusal, steps, fates));
    if (fate.fixes.length >= mostFixes) continue;
    const found = await findRepair(
      { index, step, refusal: result.refusal, text: result.text },
      { steps, query: scratch.query },
    );
    if (found === undefined) continue;
    const { id, repair } = found;
    const line = steps[repair.target]?.line ?? step.line;
    const known = touched.get(repair.target);
    // Two failures may ask the same of one earlier statement; a different wish waits for the next pass.
    if (known !== undefined && known !== id) continue;
    fate.fixes.push({ id, says: repair.says, line });
    if (known !== undefined) continue;
    touched.set(repair.target, id);
    const target = next[repair.target];
    if (target === undefined) continue;
    next[repair.target] = {
      ...target,
      texts: repair.texts ?? target.texts,
      before: [...target.before, ...(repair.before ?? [])],
      after: [...target.after, ...(repair.after ?? [])],
    };
  }
  return touched.size === 0 ? undefined : next;
}

/**
 * A failure that comes to light once others are repaired was hidden behind them, unless it speaks of something that
 * loaded as written and that a repair made into something else.
 */
function ownCause(
  { asWritten }: Fate,
  { message }: Refusal,
  steps: readonly Step[],
  fates: readonly Fate[],
): Cause {
  if (asWritten.status === 'failed') return 'hidden';
  const changed = steps.some(
    ({ text, texts }, at) =>
      fates[at]?.asWritten.status === 'passed' &&
      !texts.includes(text) &&
      madeBy(text).some(({ name }) => message.includes(`"${name}"`)),
  );
  return changed ? 'after repair' : 'hidden';
}

function setCause(
  fate: Fate | undefined,
  because: number | undefined,
  result: Result | undefined,
  own: Cause,
): void {
  if (fate === undefined || result?.status !== 'failed') return;
  if (because !== undefined) {
    fate.cause = 'consequence';
    fate.because = because;
  } else if (fate.cause === undefined || fate.cause === 'consequence') {
    fate.cause = own;
    fate.fault ??= result.refusal;
  }
}

/** A statement that ran into a limit would do so in every pass. */
function spare(step: Step, result: Result | undefined): Step {
  return ranIntoLimit(result) ? { ...step, texts: [] } : step;
}

function finalOf({ asWritten, afterFixes }: Fate, result: Result, pass: number): Result {
  if (ranIntoLimit(asWritten)) return asWritten;
  // A pass that the time cut short says less than the one before.
  return pass > 2 && result.status === 'not run' && result.late === true ? afterFixes : result;
}

/** Time, rows, temporary files: what the review allows, not what the document does. */
function ranIntoLimit(result: Result | undefined): boolean {
  return (
    result?.status === 'failed' && ['57014', '57P01', '54000', '53400'].includes(result.refusal.sqlstate)
  );
}
