import { thin } from '../../src/evidence/thin.ts';
import type { DrillTimeline } from '../../src/evidence/timeline.ts';

export interface DrillSample {
  /** Added to every text that a run could have brought. */
  readonly text?: string;
  /** With a counterexample in: commits are lost, and writes are never good again. */
  readonly broken?: boolean;
}

type Points = DrillTimeline['series'][number]['points'];

/** A value for each tenth of a second of a drill of half a minute. */
function everyTenth(value: (at: number) => number): Points {
  return Array.from({ length: 300 }, (_, index) => [index * 100, Math.round(value(index * 100))]);
}

/** Swings without chance: reports are compared byte for byte. */
const swing = (at: number) => 1 + 0.06 * Math.sin(at / 170) + 0.03 * Math.sin(at / 47);

/** A failover as a drill would leave it. Everything in it follows from the arguments. */
export function drillTimeline({ text = '', broken = false }: DrillSample = {}): DrillTimeline {
  const down = (at: number) => at >= 8_000 && (broken || at < 10_400);
  const says = (what: string) => `${what}${text}`;
  const phases = [
    ['detect', 8_000, 8_900],
    ['decide', 8_900, 9_000],
    ['fence', 9_000, 9_150],
    ['promote', 9_150, 9_800],
    ['re-route', 9_800, 9_900],
    ...(broken ? [] : ([['first good write', 9_900, 10_400]] as const)),
  ] as const;
  return {
    startedAt: '2026-03-01T02:10:05.250Z',
    marks: [
      { name: 'load-steady', says: says('the writers have their rate'), at: 2_000 },
      { name: 'fault', says: says('the primary is killed'), at: 8_000 },
      { name: 'injected', says: says('no process of it is left'), at: 8_012.5 },
      { name: 'detected', says: says('three probes in a row failed'), at: 8_900 },
      { name: 'decided', says: says('the replica that received most is chosen'), at: 9_000 },
      { name: 'fenced', says: says('the pooler leads to the old primary no more'), at: 9_150 },
      { name: 'promoted', says: says('the replica takes writes'), at: 9_800 },
      { name: 'rerouted', says: says('the pooler leads to it'), at: 9_900 },
      ...(broken
        ? []
        : [
            { name: 'first-good', says: says('a commit was acknowledged'), at: 10_400 },
            { name: 'full-rate', says: says('95 % of the rate before'), at: 11_600 },
            { name: 'rejoined', says: says('the old primary streams again'), at: 19_000 },
          ]),
    ],
    series: [
      {
        name: 'commits',
        unit: 'commits/s',
        points: everyTenth((at) =>
          down(at) ? 0 : 1_240 * swing(at) * Math.min(1, at / 1_500, at < 8_000 ? 1 : (at - 10_000) / 1_500),
        ),
      },
      { name: 'errors', unit: 'errors/s', points: everyTenth((at) => (down(at) ? 40 * swing(at) : 0)) },
      {
        name: 'lag',
        unit: 'bytes',
        points: everyTenth((at) =>
          at < 8_000 ? 90_000 * swing(at) : at < 19_000 ? 0 : 2_400_000 / (1 + (at - 19_000) / 400),
        ),
      },
      {
        name: 'archived',
        unit: 'segments',
        points: [
          ...thin(
            everyTenth((at) => at / 2_600),
            40,
          ),
        ].map(([at, value]) => [at, value]),
      },
      { name: 'exposure', unit: 'ms', points: everyTenth((at) => 300 + (at % 5_000)) },
      {
        name: `queue${text}`,
        unit: `clients${text}`,
        points: [
          [0, 0],
          [30_000, 0],
        ],
      },
    ],
    measures: {
      rpo: {
        loses: 'rpo',
        records: broken ? 412 : 0,
        milliseconds: broken ? 1_310.5 : 0,
        split: 0,
        exposure: 5_299,
        target: 300_000,
      },
      rto: {
        from: 'fault',
        until: 'first-good',
        ...(broken ? {} : { milliseconds: 2_400 }),
        phases: phases.map(([name, from, to]) => ({ name: says(name), from, to })),
        target: 1_800_000,
      },
      rate: { before: 1_240, needed: 1_178, ...(broken ? {} : { reached: 3_600 }) },
      injector: 12.5,
    },
  };
}

/** A restore beside a database that goes on: no curve of errors, no write to wait for. */
export function restoreTimeline(): DrillTimeline {
  const marks = [
    ['fault', 6_000, 'DELETE FROM orders'],
    ['declared', 6_500, 'the copy of the moment before is asked for'],
    ['fetched', 9_000, 'the files of the backup are in place'],
    ['consistent', 9_800, 'the server lets readers in'],
    ['target-reached', 12_300, 'the last commit before it is there'],
    ['verified', 13_100, 'checksums, indexes, rows and hashes'],
  ] as const;
  return {
    startedAt: '2026-03-01T02:11:05.000Z',
    marks: marks.map(([name, at, says]) => ({ name, at, says })),
    series: [{ name: 'commits', unit: 'commits/s', points: everyTenth((at) => 800 * swing(at)) }],
    measures: {
      rpo: { loses: 'nothing', records: 0, milliseconds: 0 },
      restore: {
        from: 'declared',
        until: 'verified',
        milliseconds: 6_600,
        phases: [
          { name: 'fetch', from: 6_500, to: 9_000 },
          { name: 'replay to consistency', from: 9_000, to: 9_800 },
          { name: 'replay to target', from: 9_800, to: 12_300 },
          { name: 'verify', from: 12_300, to: 13_100 },
        ],
        bytes: 98_566_144,
        segments: 9,
        bytesPerSecond: 39_426_457.6,
        segmentsPerSecond: 2.7,
      },
      rate: { before: 800, needed: 760 },
    },
  };
}
