import type { Measured } from '../recording/measured.ts';
import type { Component, Usage } from '../usage/model.ts';

/** Statements a second; BEGIN, settings and COMMIT do not count. */
export interface Rates {
  readonly read: number;
  readonly write: number;
}

export interface LoadTarget extends Rates {
  readonly latency?: readonly LatencyBound[];
  /** Share of statements that may fail. Default 0. */
  readonly errorRate?: number;
  /** Share of scheduled transactions that the generator may be too late for. Default 0. */
  readonly dropRate?: number;
}

export interface LatencyBound {
  /** 50, 99, 99.9; 100 is the maximum. */
  readonly percentile: number;
  /** From the scheduled start to the answer. */
  readonly milliseconds: number;
  /** A statement or transaction by name, or all of a kind: `read`, `write`, `transaction`. */
  readonly of: string;
}

export interface JudgeInput {
  readonly target: LoadTarget;
  /** Repeated runs of the same load, apart from each other. */
  readonly runs: readonly MeasuredRun[];
  readonly calibration?: Calibration;
  /** What this very machine held with the same generator and nothing broken: not the machine's doing up to here. */
  readonly machineHeld?: Rates;
  readonly limits?: Partial<Limits>;
}

export interface MeasuredRun {
  readonly measured: Measured;
  readonly usage?: Usage;
}

/** What the generator can do when the database has nothing to do. Statements a second, at the same pipeline depth. */
export interface Calibration {
  /** Statements that do nothing, straight to the server. */
  readonly noOp: number;
  /** `SELECT 1` through the pooler. */
  readonly selectOne?: number;
  /** Threads that the generator can keep busy; default: the cores of the machine. */
  readonly threads?: number;
  /** Clients that it can have waiting at once, virtual users; tells a late generator from a slow server. */
  readonly clients?: number;
}

/** Where the lines are; see docs/load-judgement.md for the reason of each. */
export interface Limits {
  /** Runs that are needed. */
  readonly runs: number;
  /** Seconds that each run must last after the warm-up. */
  readonly seconds: number;
  /** Share of seconds that must reach the target. */
  readonly buckets: number;
  /** Largest coefficient of variation over the bins, and how many bins. */
  readonly variation: number;
  readonly bins: number;
  /** No-op rate ÷ target. */
  readonly headroom: number;
  /** Share of its processor time from which something counts as saturated. */
  readonly saturated: number;
  /** Answers that must lie beyond a percentile for it to mean something. */
  readonly beyond: number;
}

export type Outcome = 'held' | 'broken' | 'unproved';

/** Why. The first of a judgement's reasons is the one to tell. */
export type ReasonCode =
  | 'held'
  // broken
  | 'wrong-rows'
  | 'server-errors'
  | 'rate-missed'
  | 'latency-missed'
  | 'work-dropped'
  // unproved: the experiment
  | 'incomplete'
  | 'too-few-runs'
  | 'too-short'
  | 'not-calibrated'
  | 'not-offered'
  | 'closed-model'
  | 'generator-starved'
  | 'generator-errors'
  | 'workload-unfit'
  | 'not-answered'
  | 'too-few-answers'
  | 'not-repeatable'
  | 'not-warm'
  | 'not-steady'
  // unproved: where it ran
  | 'machine'
  | 'usage-unseen';

export interface Reason {
  readonly code: ReasonCode;
  /** One line, with the figures. */
  readonly says: string;
}

export interface Judgement {
  readonly outcome: Outcome;
  readonly reasons: readonly [Reason, ...Reason[]];
  readonly target: LoadTarget;
  readonly limits: Limits;
  readonly runs: readonly RunFigures[];
  readonly read: RateFigures;
  readonly write: RateFigures;
  /** Of all runs together: statements, and all of a kind as `read`, `write`, `transaction`. Empty where the model is closed. */
  readonly latency: readonly LatencyFigures[];
  /** As `latency`, from sending to the answer. */
  readonly service: readonly LatencyFigures[];
  readonly bounds: readonly BoundFigures[];
  readonly scheduled: number | undefined;
  readonly dropped: number;
  /** Statements by SQLSTATE class, `client` for the generator's own. */
  readonly errors: Readonly<Record<string, number>>;
  /** Failed statements ÷ all. */
  readonly errorRate: number;
  readonly wrong: number;
  readonly headroom: number | undefined;
  /** `SELECT 1` rate through the pooler ÷ target. */
  readonly poolerHeadroom: number | undefined;
  readonly bottleneck: Bottleneck | undefined;
  /** Other things that were short as well, the shortest first. */
  readonly alsoShort: readonly Bottleneck[];
  /** What the target would take at the processor time that a statement took here; undefined where it was not seen. */
  readonly needs: Needs | undefined;
  /** What could not be seen. */
  readonly blind: readonly string[];
}

export interface RunFigures {
  readonly startedAt: string;
  readonly generator: string;
  readonly seconds: number;
  readonly offered: Rates | undefined;
  readonly read: RunRate;
  readonly write: RunRate;
  readonly dropped: number;
  readonly complete: boolean;
  /** Mean number of transactions at the server or on the way, by Little's law. */
  readonly concurrency: number;
}

export interface RunRate {
  readonly mean: number;
  readonly leastSecond: number;
  /** Share of seconds at or above the target. */
  readonly reached: number;
  /** Coefficient of variation over the bins, what is beyond the target not counted; see docs/load-judgement.md. */
  readonly variation: number;
  /** The same with everything counted. */
  readonly rawVariation: number;
}

export interface RateFigures {
  readonly target: number;
  readonly offered: number | undefined;
  /** Of the means of the runs. */
  readonly median: number;
  readonly mean: number;
  /** 95 %, of the mean; undefined for fewer than two runs. */
  readonly interval: Interval | undefined;
  readonly leastSecond: number;
  readonly reached: number;
  readonly variation: number;
}

export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds. */
export interface LatencyFigures {
  readonly of: string;
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface BoundFigures extends LatencyBound {
  /** Of each run; undefined where it may not be judged. */
  readonly actual: readonly (number | undefined)[];
  /** Of all runs together. */
  readonly together: number | undefined;
}

export type Bottleneck = {
  readonly who:
    | 'machine'
    | 'generator'
    | 'pooler'
    | 'pool-size'
    | 'server-processor'
    | 'server-waits'
    | 'locks'
    | 'wal'
    | 'io';
  /** 0 to 1: how near to its end, or what share of the backends waited for it. */
  readonly share: number;
  readonly evidence: string;
};

export interface Needs {
  /** Cores in all, 95 % interval where there are at least two runs. */
  readonly cores: number;
  readonly interval: Interval | undefined;
  readonly by: readonly ComponentNeeds[];
}

export interface ComponentNeeds {
  readonly component: Component;
  /** Processor microseconds for one statement of the mix. */
  readonly microseconds: number;
  readonly cores: number;
}
