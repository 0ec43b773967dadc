import { describe, expect, test } from 'vitest';
import { describeFigures, type JudgeInput, judge } from '../../../src/load/judge/index.ts';
import { offered } from '../../../src/load/judge/rates.ts';
import {
  calibration,
  clients,
  input,
  perSecond,
  run,
  seconds,
  steady,
  target,
  thrice,
  used,
} from './judge-support.ts';

const slow = { answered: steady(80), dropped: 22 * seconds, times: [[900, 250, 80 * seconds]] as const };
const saturated = used({ busy: 1.98, server: 1.5, generator: 0.3 });

/** One row of the table of decisions: what was found, what comes of it, and why. */
const table: readonly [string, JudgeInput, string, string][] = [
  ['all well', input(thrice()), 'held', 'held'],
  ['a wrong row', input([run(), run(), run({ answered: steady(), wrong: 1 })]), 'broken', 'wrong-rows'],
  [
    'a wrong row, by a generator that was starved',
    input(thrice({ answered: steady(), wrong: 1 }), { calibration: { ...calibration, noOp: 1300 } }),
    'broken',
    'wrong-rows',
  ],
  [
    'a wrong row in a run that was cut off',
    input([run({ answered: [1], wrong: 1, cutOff: true })]),
    'broken',
    'wrong-rows',
  ],
  [
    'an error of the server',
    input([run(), run(), run({ answered: steady(), errors: { P0: 1 } })]),
    'broken',
    'server-errors',
  ],
  [
    'errors that are tolerated',
    input(thrice({ answered: steady(), errors: { '40': 3 } }), { target: { ...target, errorRate: 0.001 } }),
    'held',
    'held',
  ],
  [
    'an error of the server in a run that was broken off',
    input([run(), run(), run({ answered: steady(), errors: { '57': 1 }, complete: false })]),
    'unproved',
    'incomplete',
  ],
  [
    'errors of the generator',
    input(thrice({ answered: steady(), errors: { client: 2 } })),
    'unproved',
    'generator-errors',
  ],
  [
    'a run that was cut off',
    input([run(), run(), run({ answered: steady(), cutOff: true })]),
    'unproved',
    'incomplete',
  ],
  ['two runs', input([run(), run()]), 'unproved', 'too-few-runs'],
  ['no run', input([]), 'unproved', 'too-few-runs'],
  ['runs of ten seconds', input(thrice({ answered: steady(perSecond, 10) })), 'unproved', 'too-short'],
  ['no calibration', { target, runs: thrice() }, 'unproved', 'not-calibrated'],
  [
    'a generator without headroom, though all was held',
    input(thrice(), { calibration: { ...calibration, noOp: 1700 } }),
    'unproved',
    'generator-starved',
  ],
  [
    'a generator that had all its threads busy',
    input(thrice({ answered: steady(), usage: used({ busy: 1.9, generator: 1.81 }) })),
    'unproved',
    'generator-starved',
  ],
  ['slow answers on an idle machine', input(thrice(slow)), 'broken', 'rate-missed'],
  [
    'slow answers on a machine that has nothing left',
    input(thrice({ ...slow, usage: saturated })),
    'unproved',
    'machine',
  ],
  [
    'the same where the machine held as much before',
    input(thrice({ ...slow, usage: saturated }), { machineHeld: { read: 1010, write: 202 } }),
    'broken',
    'rate-missed',
  ],
  [
    'the same where it held less before',
    input(thrice({ ...slow, usage: saturated }), { machineHeld: { read: 990, write: 202 } }),
    'unproved',
    'machine',
  ],
  [
    'slow answers on a machine out of sight',
    input(thrice({ ...slow, usage: undefined })),
    'unproved',
    'usage-unseen',
  ],
  [
    'drops while answers were quick',
    input(thrice({ answered: steady(80), dropped: 22 * seconds })),
    'unproved',
    'generator-starved',
  ],
  [
    'drops, and nobody says how many clients there are',
    input(thrice(slow), { calibration: { noOp: 3000 } }),
    'unproved',
    'not-calibrated',
  ],
  ['less offered than the target', input(thrice({ answered: steady(90) })), 'unproved', 'not-offered'],
  [
    'a closed model that missed',
    input(thrice({ answered: steady(90), model: 'closed' })),
    'unproved',
    'closed-model',
  ],
  ['a closed model that held', input(thrice({ answered: steady(), model: 'closed' })), 'held', 'held'],
  [
    'latency of a closed model',
    input(thrice({ answered: steady(), model: 'closed' }), {
      target: { ...target, latency: [{ of: 'read', percentile: 99, milliseconds: 20 }] },
    }),
    'unproved',
    'closed-model',
  ],
  [
    'latency within its bound',
    input(thrice(), { target: { ...target, latency: [{ of: 'by-id', percentile: 99, milliseconds: 7 }] } }),
    'held',
    'held',
  ],
  [
    'latency beyond its bound by slow answers',
    input(thrice(), {
      target: { ...target, latency: [{ of: 'transaction', percentile: 99, milliseconds: 4 }] },
    }),
    'broken',
    'latency-missed',
  ],
  [
    'latency beyond its bound though answers were quick',
    input(thrice({ answered: steady(), times: [[60, 5, perSecond * seconds]] }), {
      target: { ...target, latency: [{ of: 'read', percentile: 99, milliseconds: 20 }] },
    }),
    'unproved',
    'generator-starved',
  ],
  [
    'a percentile beyond which too few lie',
    input(thrice(), {
      target: { ...target, latency: [{ of: 'transaction', percentile: 99.99, milliseconds: 20 }] },
    }),
    'unproved',
    'too-few-answers',
  ],
  [
    'a bound on a statement that is not there',
    input(thrice(), { target: { ...target, latency: [{ of: 'nobody', percentile: 50, milliseconds: 20 }] } }),
    'unproved',
    'too-few-answers',
  ],
  ['one run of three that missed', input([run(), run(), run(slow)]), 'unproved', 'not-repeatable'],
  [
    'runs that were not warm',
    input(
      thrice({
        answered: [...steady(60, 20), ...steady(110, 20)],
        dropped: 42 * 20,
        times: [
          [900, 300, 60 * 20],
          [6, 5, 110 * 20],
        ],
      }),
    ),
    'unproved',
    'not-warm',
  ],
  [
    'transactions that were never answered',
    input(thrice({ answered: steady(), scheduled: perSecond * seconds + clients + 1 })),
    'unproved',
    'not-answered',
  ],
  [
    'those under way at the end',
    input(thrice({ answered: steady(), scheduled: perSecond * seconds + clients })),
    'held',
    'held',
  ],
  [
    'those under way at the end, which the generator broke off',
    input(thrice({ answered: steady(), errors: { interrupted: clients } })),
    'held',
    'held',
  ],
  [
    'more that the generator broke off than it has clients',
    input(thrice({ answered: steady(), errors: { interrupted: clients + 1 } })),
    'unproved',
    'not-answered',
  ],
  [
    'a rate missed by a slow server, whose last answers nobody waited for',
    input(
      thrice({
        answered: steady(20),
        dropped: 82 * seconds - clients,
        times: [[9000, 1000, 20 * seconds]],
        errors: { interrupted: clients },
      }),
      { machineHeld: target },
    ),
    'broken',
    'rate-missed',
  ],
  [
    'a statement that does not fit the database',
    input(thrice({ answered: steady(0), errors: { '42': 4000 } })),
    'unproved',
    'workload-unfit',
  ],
  [
    'the same where it did fit before',
    input(thrice({ answered: steady(0), errors: { '42': 4000 } }), { machineHeld: target }),
    'broken',
    'server-errors',
  ],
];

test.each(table)('%s', (_, given, outcome, code) => {
  const found = judge(given);
  expect([found.outcome, found.reasons[0].code, found.reasons[0].says]).toEqual([
    outcome,
    code,
    expect.any(String),
  ]);
});

describe('a stall', () => {
  /** Nothing for so many seconds, then all at once; the clients that hang have its whole length as service time. */
  function stalled(length: number) {
    const answered = steady().map((each, n) => (n >= 10 && n < 10 + length ? 0 : each));
    answered[10 + length] = perSecond * (length + 1);
    const waited = Array.from({ length }, (_, n): readonly [number, number, number] => [
      (length - n) * 1000,
      n === 0 ? length * 1000 : 5,
      n === 0 ? clients : perSecond,
    ]);
    const counted = waited.reduce((sum, [, , count]) => sum + count, 0);
    return { answered, times: [...waited, [6, 5, perSecond * seconds - counted] as const] };
  }

  test.each([1, 2, 5])('of %i s shows in p99.9, and breaks the target with all caught up', (length) => {
    const found = judge(input(thrice(stalled(length))));
    const all = found.latency.find(({ of }) => of === 'transaction');
    expect(all?.p999).toBeGreaterThanOrEqual(length * 999);
    expect([found.outcome, found.reasons[0].code]).toEqual(['broken', 'rate-missed']);
    expect(found.read.mean).toBeGreaterThanOrEqual(target.read);
  });
});

describe('what was short', () => {
  const pooler = {
    clientsActive: 4,
    clientsWaiting: 12,
    serversActive: 4,
    serversIdle: 0,
    poolsFull: 1,
    longestWaitMilliseconds: 80,
    meanWaitMilliseconds: 40,
  };
  const server = {
    active: 4,
    idleInTransaction: 0,
    idle: 0,
    waits: { cpu: 4 },
    lockWaits: 0,
    autovacuumWorkers: 0,
    commits: 100,
    deadlocks: 0,
    blocksRead: 0,
    blocksHit: 0,
    temporaryBytes: 0,
    checkpoints: { timed: 0, requested: 0 },
    backendBuffers: 0,
    wal: { bytes: 0, buffersFull: 0, syncs: 0 },
  };
  test.each([
    [
      'machine',
      used({ busy: 1.95, server: 1.5 }),
      '97.5 % of 2 cores busy (server 1.50, generator 0.20, other 0.13, pooler 0.10',
    ],
    [
      'pooler',
      used({ busy: 1.5, more: { processor: { server: 0.3, generator: 0.2, pooler: 0.97 } } }),
      'one thread',
    ],
    [
      'pool-size',
      used({ more: { pooler, server: { ...server, active: 2 } } }),
      '12 clients waited for one of 4',
    ],
    [
      'locks',
      used({ more: { pooler, server: { ...server, waits: { 'Lock:transactionid': 3, cpu: 1 } } } }),
      'Lock:transactionid 3.0',
    ],
    [
      'wal',
      used({ more: { server: { ...server, waits: { 'IO:WALSync': 3, 'LWLock:WALWrite': 1 } } } }),
      'IO:WALSync 3.0',
    ],
    ['io', used({ more: { server: { ...server, waits: { 'IO:DataFileRead': 3 } } } }), 'IO:DataFileRead'],
    [
      'server-waits',
      used({ more: { server: { ...server, waits: { 'Timeout:PgSleep': 4 } } } }),
      'Timeout:PgSleep',
    ],
    ['server-processor', used({ busy: 1.7, server: 1.4 }), undefined],
  ])('%s', (who, usage, evidence) => {
    const found = judge(input(thrice({ answered: steady(), usage }))).bottleneck;
    if (evidence !== undefined)
      expect(found).toMatchObject({ who, evidence: expect.stringContaining(evidence) });
    else expect([found?.who, 'machine']).toContain('machine');
  });

  test('a pool that is full while all its connections wait for locks is not too small', () => {
    const waits = { 'Lock:tuple': 4 };
    const found = judge(
      input(thrice({ answered: steady(), usage: used({ more: { pooler, server: { ...server, waits } } }) })),
    );
    expect(found.bottleneck?.who).toBe('locks');
    expect(found.alsoShort.map(({ who }) => who)).not.toContain('pool-size');
  });
});

test('what the target would take is the processor time of a statement times the target', () => {
  const cheap = run({ answered: steady(80), usage: used({ server: 0.5 }) });
  const dear = run({ answered: steady(80), usage: used({ server: 0.7 }) });
  const { needs } = judge(input([cheap, dear, cheap], { target: { read: 50_000, write: 10_000 } }));
  // 0.2 and 0.1 cores of generator and pooler beside the server's, for 960 statements a second.
  expect(needs?.cores).toBeCloseTo(((0.8 + 1.0 + 0.8) / 3 / 960) * 60_000, 6);
  expect(needs?.by.map(({ component }) => component)).toEqual(['server', 'pooler', 'generator']);
  expect(needs?.by[0]?.microseconds).toBeCloseTo((1_000_000 * (0.5 + 0.7 + 0.5)) / 3 / 960, 6);
  expect(needs?.interval?.from).toBeLessThan(needs?.cores ?? 0);
});

test('samples of the warm-up and of after the end do not count', () => {
  const { measured } = run();
  const usage = used({ busy: 0.5, server: 0.3 });
  const first = usage.samples[0];
  if (first?.machine === undefined) throw new Error('no sample');
  const outside = { ...first, machine: { ...first.machine, busy: 2, idle: 0 } };
  const samples = [
    { ...outside, at: first.at - 1500 },
    ...usage.samples,
    { ...outside, at: first.at + 41_000 },
  ];
  const found = judge(input([{ measured, usage: { ...usage, samples } }]));
  expect(found.bottleneck?.evidence).toContain('25 % of 2 cores');
});

test('the figures are told as rows, what is promised with its judgement', () => {
  const rows = describeFigures(
    judge(
      input(thrice(slow), {
        target: { ...target, latency: [{ of: 'read', percentile: 99, milliseconds: 20 }] },
      }),
    ),
  );
  expect(rows.map(({ label, agrees }) => [label, agrees])).toEqual([
    ['reads: offered a second', true],
    ['reads: median of the runs a second', false],
    ['reads: seconds that reached it', false],
    ['reads: least second', undefined],
    ['reads: coefficient of variation', true],
    ['writes: offered a second', true],
    ['writes: median of the runs a second', false],
    ['writes: seconds that reached it', false],
    ['writes: least second', undefined],
    ['writes: coefficient of variation', true],
    ['latency of read: p99', false],
    ...['transaction', 'read', 'write'].map(() => [
      expect.stringContaining('latency from the schedule'),
      undefined,
    ]),
    ...['transaction', 'read', 'write'].map(() => [expect.stringContaining('service time'), undefined]),
    ['transactions dropped', false],
    ['errors', true],
    ['wrong answers', true],
    ['runs', true],
    ['seconds of the shortest', true],
    ['headroom of the generator', true],
    ['SELECT 1 through the pooler ÷ target', undefined],
    ['nearest to its limit', undefined],
    ['cores that the target takes at this cost', undefined],
  ]);
  expect(rows[1]).toEqual({
    label: 'reads: median of the runs a second',
    expected: 'at least 1,000',
    actual: '800, 95 % interval of the mean 800 to 800',
    agrees: false,
  });
});

test('what was asked for is known of transactions that were all broken off, too', () => {
  const { measured } = run({ answered: steady(0), scheduled: 102 * seconds });
  const broken = (times: number) => ({ interrupted: clients * times });
  const statements = measured.statements.map((each) => ({
    ...each,
    errors: broken({ transaction: 1, read: 10, write: 2, control: 1 }[each.kind]),
  }));
  expect(offered({ ...measured, statements })).toEqual({ read: 1020, write: 204 });
});
