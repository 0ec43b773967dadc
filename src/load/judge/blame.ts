import type { Measured } from '../recording/measured.ts';
import { together } from './latency.ts';
import type { JudgeInput, LatencyBound, Limits, MeasuredRun, Rates, Reason } from './model.ts';
import { offered, transactionsOf } from './rates.ts';
import { type UsageFigures, usageFigures } from './usage-figures.ts';
import { percent, rates } from './words.ts';

const million = 1_000_000;

/** Half of what is missing must be explained by slow answers before the database is blamed for it. */
const explainedShare = 0.5;

/** What one criterion was missed by. */
export interface Miss {
  readonly runs: readonly MeasuredRun[];
  /** Of a latency that was too long; undefined for rates and drops. */
  readonly bound?: LatencyBound;
}

/**
 * Why a miss is no proof against the database; undefined when it is. The generator comes first: what it did not send nobody could
 * answer. Then the machine.
 */
export function excuse(input: JudgeInput, { runs, bound }: Miss, limits: Limits): Reason | undefined {
  for (const { measured } of runs) {
    const found = notAsked(measured, input.target) ?? generatorLate(measured, input, bound);
    if (found !== undefined) return found;
  }
  if (heldBefore(input)) return undefined;
  for (const run of runs) {
    const found = machineShort(usageFigures([run]), limits);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The same machine and generator held as much with nothing broken. */
function heldBefore({ machineHeld, target }: JudgeInput): boolean {
  return machineHeld !== undefined && machineHeld.read >= target.read && machineHeld.write >= target.write;
}

function notAsked(measured: Measured, target: Rates): Reason | undefined {
  if (measured.header.model === 'closed') {
    return {
      code: 'closed-model',
      says: 'in a closed model the clients ask only as fast as they are answered: more of them may have had more',
    };
  }
  const asked = offered(measured);
  if (asked === undefined) {
    return { code: 'not-offered', says: 'the recording does not say how many transactions were asked for' };
  }
  if (asked.read >= target.read && asked.write >= target.write) return undefined;
  return {
    code: 'not-offered',
    says: `only ${rates(asked)} were asked for: offer a little more than the target`,
  };
}

/**
 * With c clients and λ transactions scheduled a second, work keeps up as long as each takes no longer than c ÷ λ. Time that clients
 * spent in slower ones explains λ ÷ c transactions a second of it. What is missing beyond that the generator did not send in time.
 */
function generatorLate(
  measured: Measured,
  { calibration, target }: JudgeInput,
  bound: LatencyBound | undefined,
): Reason | undefined {
  const clients = calibration?.clients;
  if (clients === undefined) {
    return {
      code: 'not-calibrated',
      says: 'how many clients the generator has is not said: a late generator looks like a slow server',
    };
  }
  const transactions = transactionsOf(measured);
  if (transactions?.scheduled === undefined) return undefined;
  const perSecond = transactions.scheduled / transactions.seconds;
  const services = together([measured], 'transaction', 'service');
  const slow = services.above((clients / perSecond) * million).sum / million;
  const explained = (perSecond * slow) / clients;
  const missing =
    bound === undefined
      ? missingTransactions(measured, target, perSecond)
      : lateTransactions(measured, bound);
  if (explained >= explainedShare * missing) return undefined;
  return {
    code: 'generator-starved',
    says: `${Math.round(missing)} transactions were late or never sent, and slow answers explain ${Math.round(explained)} of them: the generator was late while clients were free`,
  };
}

/** How many were too late, as transactions; none where the time from sending alone is too long. */
function lateTransactions(measured: Measured, { of, percentile, milliseconds }: LatencyBound): number {
  const service = together([measured], of, 'service');
  if (service.percentile(percentile) > milliseconds * 1000) return 0;
  const latency = together([measured], of, 'latency');
  const transactions = together([measured], 'transaction', 'latency').count;
  const late = latency.above(milliseconds * 1000).count;
  return latency.count === 0 ? 0 : (late / latency.count) * transactions;
}

/** The more of: what was dropped, and what the seconds below the target lack, as transactions. */
function missingTransactions(measured: Measured, target: Rates, perSecond: number): number {
  const asked = offered(measured);
  const lacking = (['read', 'write'] as const).map((kind) => {
    const rate = asked?.[kind] ?? 0;
    const statements = measured.seconds.reduce(
      (sum, second) => sum + Math.max(0, target[kind] - second[kind]),
      0,
    );
    return rate === 0 ? 0 : (statements / rate) * perSecond;
  });
  return Math.max(measured.end?.dropped ?? 0, ...lacking);
}

function machineShort({ machine, cores }: UsageFigures, limits: Limits): Reason | undefined {
  if (machine === undefined || cores.server === undefined) {
    return {
      code: 'usage-unseen',
      says: 'how busy the machine of the server was could not be seen: it may have been the limit',
    };
  }
  if (machine.busy < limits.saturated) return undefined;
  return {
    code: 'machine',
    says: `the machine was the limit: ${percent(machine.busy)} of ${machine.cores} cores busy`,
  };
}
