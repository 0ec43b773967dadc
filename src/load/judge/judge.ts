import { excuse } from './blame.ts';
import { bottlenecks } from './bottleneck.ts';
import { type Criterion, criteria, notWarm } from './criteria.ts';
import { type Failures, failures, wrongAnswers } from './errors.ts';
import { headroomOf, insufficient, poolerHeadroomOf, unfitWorkload, untrusted } from './experiment.ts';
import { boundFigures, latencyFigures } from './latency.ts';
import { defaultLimits } from './limits.ts';
import type { BoundFigures, JudgeInput, Judgement, Limits, Outcome, Reason, RunFigures } from './model.ts';
import { needs } from './needs.ts';
import { rateFigures, runFigures } from './rates.ts';
import { usageFigures } from './usage-figures.ts';
import { count, percent, rates } from './words.ts';

/**
 * Whether the target held, from what was recorded alone: a pure function. The table of decisions is in docs/load-judgement.md. Slower
 * is never better, and a generator that could not have done more neither proves nor refutes, but for a wrong row.
 */
export function judge(input: JudgeInput): Judgement {
  const limits = { ...defaultLimits, ...input.limits };
  const { target, runs } = input;
  const measured = runs.map((run) => run.measured);
  const figures = runs.map((run) => runFigures(run, target, limits));
  const open = measured.every(({ header }) => header.model === 'open');
  const bounds = (target.latency ?? []).map((bound) =>
    open ? boundFigures(measured, bound, limits.beyond) : unjudged(bound, runs.length),
  );
  const failed = failures(measured);
  const wrong = wrongAnswers(measured);
  const usage = usageFigures(runs);
  const [bottleneck, ...others] = bottlenecks(usage, input.calibration, limits.saturated);
  const scheduled = measured.map(({ end }) => end?.scheduled);
  return {
    ...decide(input, { figures, bounds, failed, wrong, limits }),
    target,
    limits,
    runs: figures,
    read: rateFigures('read', target.read, figures),
    write: rateFigures('write', target.write, figures),
    latency: open ? latencyFigures(measured, 'latency') : [],
    service: latencyFigures(measured, 'service'),
    bounds,
    scheduled: scheduled.some((each) => each === undefined)
      ? undefined
      : scheduled.reduce<number>((sum, each) => sum + (each ?? 0), 0),
    dropped: figures.reduce((sum, { dropped }) => sum + dropped, 0),
    errors: failed.byClass,
    errorRate: failed.rate,
    wrong,
    headroom: headroomOf(input),
    poolerHeadroom: poolerHeadroomOf(input),
    bottleneck,
    alsoShort: others.filter(({ share }) => share >= 0.5),
    needs: needs(runs, target),
    blind: [...new Set(runs.flatMap((run) => run.usage?.blind ?? []))].sort(),
  };
}

interface Found {
  readonly figures: readonly RunFigures[];
  readonly bounds: readonly BoundFigures[];
  readonly failed: Failures;
  readonly wrong: number;
  readonly limits: Limits;
}

type Decision = { readonly outcome: Outcome; readonly reasons: readonly [Reason, ...Reason[]] };

/** The first line that speaks decides; those after it are told as well where they are of the same kind. */
function decide(input: JudgeInput, { figures, bounds, failed, wrong, limits }: Found): Decision {
  const distrust = untrusted(input, limits);
  const lacking = insufficient(input, figures, failed, limits);
  if (wrong > 0) {
    const says = `${count(wrong)} answers had rows that the caller may not see, or too few`;
    return decision('broken', [{ code: 'wrong-rows', says }, ...distrust, ...lacking]);
  }
  if (distrust.length > 0) return decision('unproved', [...distrust, ...lacking]);
  const misfit = unfitWorkload(input);
  if (misfit.length > 0) return decision('unproved', misfit);
  if (failed.server > 0 && failed.serverRate > (input.target.errorRate ?? 0)) {
    return decision('broken', [serverErrors(failed), ...lacking]);
  }
  if (lacking.length > 0) return decision('unproved', lacking);
  return byCriteria(input, criteria(input, figures, bounds, limits), limits);
}

function byCriteria(input: JudgeInput, all: readonly Criterion[], limits: Limits): Decision {
  const { runs, target } = input;
  const broken: Reason[] = [];
  const unproved: Reason[] = [];
  for (const { code, kept, bound, says } of all) {
    const missed = runs.filter((_, n) => kept[n] === false);
    if (kept.includes(undefined)) {
      unproved.push({ code: 'too-few-answers', says: `${says}: too few answers to say` });
    } else if (missed.length === runs.length) {
      const why =
        (bound === undefined ? notWarm(input, missed) : undefined) ??
        excuse(input, { runs: missed, ...(bound === undefined ? {} : { bound }) }, limits);
      if (why === undefined) broken.push({ code, says });
      else unproved.push({ code: why.code, says: `${says}; ${why.says}` });
    } else if (missed.length > 0) {
      unproved.push({
        code: 'not-repeatable',
        says: `${missed.length} of ${runs.length} runs missed it: ${says}`,
      });
    }
  }
  if (broken.length > 0) return decision('broken', [...broken, ...unproved]);
  if (unproved.length > 0) return decision('unproved', unproved);
  return decision('held', [{ code: 'held', says: `${rates(target)} held in each of ${runs.length} runs` }]);
}

function serverErrors({ server, serverRate, byClass }: Failures): Reason {
  const classes = Object.entries(byClass).map(([name, each]) => `${name} ${count(each)}`);
  return {
    code: 'server-errors',
    says: `${count(server)} statements failed (${percent(serverRate)}), by class: ${classes.join(', ')}`,
  };
}

function unjudged(bound: NonNullable<JudgeInput['target']['latency']>[number], runs: number): BoundFigures {
  return { ...bound, actual: Array.from({ length: runs }, () => undefined), together: undefined };
}

function decision(outcome: Outcome, reasons: readonly Reason[]): Decision {
  const [first, ...rest] = reasons;
  if (first === undefined) throw new RangeError(`${outcome} without a reason`);
  return { outcome, reasons: [first, ...rest] };
}
