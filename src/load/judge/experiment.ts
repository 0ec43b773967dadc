import { clientClass, type Failures, unfit } from './errors.ts';
import type { JudgeInput, Limits, Reason, RunFigures } from './model.ts';
import { transactionsOf } from './rates.ts';
import { usageFigures } from './usage-figures.ts';
import { cores, count } from './words.ts';

/** No-op rate ÷ what has to be generated. Undefined without a calibration. */
export function headroomOf({ target, calibration }: JudgeInput): number | undefined {
  const demand = target.read + target.write;
  return calibration === undefined || demand === 0 ? undefined : calibration.noOp / demand;
}

export function poolerHeadroomOf({ target, calibration }: JudgeInput): number | undefined {
  const demand = target.read + target.write;
  return calibration?.selectOne === undefined || demand === 0 ? undefined : calibration.selectOne / demand;
}

/** Why nothing that was recorded counts, but a wrong row: it was not carried through, or by a generator that could not do more. */
export function untrusted(input: JudgeInput, limits: Limits): readonly Reason[] {
  return [...unfinished(input), ...starved(input, limits)];
}

function unfinished({ runs }: JudgeInput): readonly Reason[] {
  return runs.flatMap(({ measured: { header, end } }): readonly Reason[] => {
    if (end === undefined) {
      return [{ code: 'incomplete', says: `the recording that began at ${header.startedAt} was cut off` }];
    }
    if (end.complete) return [];
    const why = end.reason === undefined ? '' : `: ${end.reason}`;
    return [{ code: 'incomplete', says: `the run that began at ${header.startedAt} was broken off${why}` }];
  });
}

function starved(input: JudgeInput, limits: Limits): readonly Reason[] {
  const { calibration, target, runs } = input;
  const headroom = headroomOf(input);
  if (calibration === undefined || headroom === undefined) {
    return [
      { code: 'not-calibrated', says: 'what the generator can do without a database was not measured' },
    ];
  }
  const found: Reason[] = [];
  if (headroom < limits.headroom) {
    const says = `the generator makes ${count(calibration.noOp)} statements/s that do nothing, ${headroom.toFixed(2)} times the target of ${count(target.read + target.write)}; ${limits.headroom} times are needed`;
    found.push({ code: 'generator-starved', says });
  }
  for (const run of runs) {
    const { cores: used, machine } = usageFigures([run]);
    const threads = calibration.threads ?? machine?.cores;
    if (used.generator === undefined || threads === undefined || used.generator < limits.saturated * threads)
      continue;
    const says = `the generator kept ${cores(used.generator)} busy, of ${count(threads)} that it can`;
    found.push({ code: 'generator-starved', says });
  }
  return found;
}

/** Why it is not enough to judge by: too little of it, or not what was to be asked. */
export function insufficient(
  input: JudgeInput,
  figures: readonly RunFigures[],
  failed: Failures,
  limits: Limits,
): readonly Reason[] {
  const { runs, target, calibration } = input;
  const found: Reason[] = [];
  const add = (code: Reason['code'], says: string) => found.push({ code, says });
  if (runs.length < limits.runs) {
    add('too-few-runs', `${runs.length} of ${limits.runs} runs that are needed`);
  }
  const shortest = Math.min(...figures.map(({ seconds }) => seconds));
  if (runs.length > 0 && shortest < limits.seconds) {
    add('too-short', `a run of ${shortest} s after the warm-up; ${limits.seconds} s are needed`);
  }
  if ((target.latency?.length ?? 0) > 0 && runs.some(({ measured }) => measured.header.model === 'closed')) {
    add(
      'closed-model',
      'a closed model says nothing of latency: it waits with the next until the last is done',
    );
  }
  const tolerated = target.errorRate ?? 0;
  if (failed.client > 0 && failed.rate > tolerated) {
    add(
      'generator-errors',
      `${count(failed.client)} statements failed without an answer of the server (${clientClass})`,
    );
  }
  for (const { measured } of runs) {
    const transactions = transactionsOf(measured);
    if (transactions?.scheduled === undefined) continue;
    const { scheduled, answered, failed: lost } = transactions;
    const open = scheduled - answered - lost - (measured.end?.dropped ?? 0);
    // Those under way when the clock stopped are nobody's fault.
    if (open > (calibration?.clients ?? 0)) {
      add('not-answered', `${count(open)} transactions were neither answered nor dropped`);
    }
  }
  return found;
}

/** A statement that fails always, for a reason that a wrong script has, says that the workload does not fit the database. */
export function unfitWorkload({ runs, machineHeld }: JudgeInput): readonly Reason[] {
  // It did fit when nothing was broken.
  if (machineHeld !== undefined) return [];
  return unfit(runs.map(({ measured }) => measured)).map((statement) => ({
    code: 'workload-unfit',
    says: `${statement} was never answered: it does not fit this database`,
  }));
}
