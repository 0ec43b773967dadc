import type { Calibration, JudgeInput, MeasuredRun } from '../../../src/load/judge/index.ts';
import { Histogram } from '../../../src/load/recording/histogram.ts';
import type { Measured, StatementTotals } from '../../../src/load/recording/measured.ts';
import type { StatementKind } from '../../../src/load/recording/model.ts';
import type { Usage, UsageSample } from '../../../src/load/usage/index.ts';

/** Transactions of ten reads and two writes, a little more of them than the target asks. */
export const target = { read: 1000, write: 200 };
export const perSecond = 102;
export const seconds = 40;
export const clients = 20;
export const calibration: Calibration = { noOp: 3000, selectOne: 2600, threads: 2, clients };

const startedAt = '2026-01-01T00:00:00.000Z';

export interface Work {
  /** Transactions answered in each second. */
  readonly answered: readonly number[];
  /** Milliseconds of latency and service, and how many transactions had them; default 6 and 5 ms for all. */
  readonly times?: readonly (readonly [latency: number, service: number, count: number])[];
  readonly scheduled?: number;
  readonly dropped?: number;
  readonly errors?: Readonly<Record<string, number>>;
  readonly wrong?: number;
  readonly model?: 'open' | 'closed';
  readonly complete?: boolean;
  readonly cutOff?: boolean;
  readonly usage?: Usage | undefined;
}

export const steady = (rate = perSecond, length = seconds) => Array.from({ length }, () => rate);

export function run(work: Work = { answered: steady() }): MeasuredRun {
  const { answered, errors = {}, wrong = 0, dropped = 0 } = work;
  const all = answered.reduce((sum, each) => sum + each, 0);
  const times = work.times ?? [[6, 5, all] as const];
  const failed = Object.values(errors).reduce((sum, each) => sum + each, 0);
  const totals = (statement: string, kind: StatementKind, each: number, own = {}): StatementTotals => {
    const latency = new Histogram();
    const service = new Histogram();
    for (const [late, served, count] of times) {
      if (count === 0) continue;
      latency.record(late * 1000, count * each);
      service.record(served * 1000, count * each);
    }
    return {
      statement,
      kind,
      done: all * each,
      answered: all * each,
      errors: {},
      wrong: 0,
      latency,
      service,
      ...own,
    };
  };
  const measured: Measured = {
    header: {
      schema: 'pgattest.recording/1',
      generator: 'test',
      startedAt,
      model: work.model ?? 'open',
    },
    end: work.cutOff
      ? undefined
      : {
          seconds: answered.length,
          scheduled: work.scheduled ?? all + dropped + failed,
          dropped,
          complete: work.complete ?? true,
        },
    warmUp: 0,
    seconds: answered.map((each) => ({ read: 10 * each, write: 2 * each })),
    statements: [
      totals('browse', 'transaction', 1, { errors }),
      totals('by-id', 'read', 10, { errors, wrong }),
      totals('insert', 'write', 2),
    ],
  };
  const usage = 'usage' in work ? work.usage : used();
  return { measured, ...(usage === undefined ? {} : { usage }) };
}

/** Two cores, half busy, when nothing else is said. */
export function used(
  given: { busy?: number; server?: number; generator?: number; more?: Partial<UsageSample> } = {},
): Usage {
  const { busy = 1, server = 0.6, generator = 0.2, more = {} } = given;
  const from = Date.parse(startedAt);
  return {
    samples: Array.from({ length: seconds }, (_, n) => ({
      at: from + (n + 1) * 1000,
      seconds: 1,
      processor: {
        server,
        generator,
        pooler: 0.1,
        pgattest: 0.02,
        other: Math.max(0, busy - server - generator - 0.12),
      },
      machine: { cores: 2, busy, idle: 2 - busy, ioWait: 0, steal: 0 },
      ...more,
    })),
    blind: [],
    ownSeconds: 0.1,
  };
}

export function input(runs: readonly MeasuredRun[], more: Partial<JudgeInput> = {}): JudgeInput {
  return { target, runs, calibration, ...more };
}

export function thrice(work?: Work): readonly MeasuredRun[] {
  return [run(work), run(work), run(work)];
}
