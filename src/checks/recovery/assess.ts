import type pg from 'pg';
import type { DrillTimeline, RecoveryMeasures } from '../../evidence/timeline.ts';
import { judgeMeasures } from '../../recovery/judge.ts';
import { compareLedger } from '../../recovery/ledger/compare.ts';
import { summaryOf } from '../../recovery/ledger/read.ts';
import { measure } from '../../recovery/measures.ts';
import { type Cut, type Drill, losesOf, type Recovered, type Seen } from '../../recovery/model.ts';
import type { OpenScene } from '../../recovery/scene.ts';
import type { RecoveryTargets } from '../../recovery/targets.ts';
import { timelineEvidence } from '../../recovery/to-evidence.ts';
import type { CheckContext } from '../check.ts';
import { seenOfLedger } from './ledger-seen.ts';

/** How long writes must be good, and how long it is waited for them. */
const goodMs = 10_000;
const patienceMs = 60_000;

/** Of the curves of commits and errors. */
const curveMs = 100;

export interface AssessOptions {
  readonly targets: RecoveryTargets;
  readonly again: CheckContext['again'];
}

/** After a drill: whether writes go on, what the ledger says of the recovered database, and what was measured. */
export async function assess(
  scene: OpenScene,
  drill: Drill,
  recovered: Recovered,
  { targets, again }: AssessOptions,
): Promise<{ readonly seen: readonly Seen[]; readonly timeline?: DrillTimeline }> {
  const { timeline, load, signal, hurried, design } = scene;
  const fault = timeline.when('fault');
  if (fault === undefined) {
    // What had to be there before, such as a backup, could not be had.
    if (recovered.seen.some(({ agrees }) => !agrees)) return { seen: recovered.seen };
    throw new Error(`${drill.name} did not say when it broke what it breaks`);
  }
  if (recovered.serving) {
    scene.progress('writes must be good for ten seconds');
    const share = hurried ? 5 : 1;
    const since = timeline.steady(timeline.when('rerouted') ?? fault);
    const good = await load.goodAgain(since, goodMs / share, patienceMs / share, signal);
    if (good !== undefined) timeline.mark('first-good', 'writes are good from here on', timeline.at(good));
  }
  await load.stop();
  scene.progress('the ledger against the database');
  const ledgerBegan = timeline.at(load.origin);
  const connect = () => recovered.server.connect({ database: recovered.database });
  const silent = await refusalOf(connect);
  const comparison =
    silent === undefined
      ? await compareLedger({
          file: load.file,
          connect,
          // Where commits may be lost writers go on without them: gaps across that time are no disorder.
          breaks: [
            { from: fault - ledgerBegan, to: (timeline.when('first-good') ?? timeline.now()) - ledgerBegan },
          ],
          ...(recovered.cut === undefined ? {} : { cut: cutOf(recovered.cut, ledgerBegan) }),
        })
      : undefined;
  const { acknowledged, failed } = await summaryOf(load.file, curveMs);
  // A point of the ledger is at the end of its time, one of a timeline at the beginning.
  for (const [at, value] of acknowledged)
    timeline.point('commits', 'commits/s', value, at + ledgerBegan - curveMs);
  for (const [at, value] of failed) timeline.point('errors', 'commits/s', value, at + ledgerBegan - curveMs);
  const measures = measure({
    marks: timeline.marks,
    series: timeline.series,
    // From a database that does not answer nothing can be had.
    lost: comparison?.lost ?? { count: load.counts.acknowledged, first: [] },
    ledgerBegan,
    loses: losesOf(drill, design),
    recovered,
    targets,
  });
  return {
    seen: [
      ...recovered.seen,
      ...(silent === undefined ? [] : [silent]),
      ...(comparison === undefined
        ? []
        : [...seenOfLedger(comparison), ...(await seenAgain(scene, recovered, again))]),
      ...judgeMeasures(measures),
      ...(hurried ? triedLoss(measures) : []),
    ],
    timeline: timelineEvidence(timeline, measures),
  };
}

/** On the ledger's clock. */
function cutOf({ acknowledgedBy, sentAfter, resumedAt }: Cut, ledgerBegan: number): Cut {
  return {
    acknowledgedBy: acknowledgedBy - ledgerBegan,
    sentAfter: sentAfter - ledgerBegan,
    ...(resumedAt === undefined ? {} : { resumedAt: resumedAt - ledgerBegan }),
  };
}

/** With a counterexample in nobody can wait until minutes are lost: then a loss of so much counts. */
const triedLossMs = 2_000;

function triedLoss({ rpo }: RecoveryMeasures): readonly Seen[] {
  if (rpo.records === 0) return [];
  return [
    {
      subject: 'RPO',
      way: 'with a counterexample in',
      statement: 'fault − acknowledgement of the earliest lost commit',
      expected: `at most ${triedLossMs} ms: nobody waits for more here`,
      actual: `${rpo.milliseconds.toFixed(0)} ms, ${rpo.records} commits`,
      agrees: rpo.milliseconds <= triedLossMs,
      object: 'what was acknowledged',
    },
  ];
}

/** What stands in the way of asking the recovered database; undefined where it answers. */
export async function refusalOf(connect: () => Promise<pg.Client>): Promise<Seen | undefined> {
  try {
    await (await connect()).end();
    return undefined;
  } catch (error) {
    return {
      subject: 'the recovered database',
      way: 'lets this program in',
      statement: 'connect',
      expected: 'it answers',
      actual: (error as Error).message,
      agrees: false,
    };
  }
}

/** Roles and policies are part of what is brought back: on other files than before, who may see what is asked again. */
export async function seenAgain(
  { cluster, hurried, progress }: OpenScene,
  { server, database }: Recovered,
  again: AssessOptions['again'],
): Promise<readonly Seen[]> {
  if (hurried || again === undefined || server.data === cluster.primary.data) return [];
  progress('access and audit are asked again');
  const { tried, broken } = await again(server, database);
  return [
    {
      subject: 'access and audit',
      way: 'on the recovered database',
      statement: 'the claims of these families',
      expected: 'all hold',
      actual:
        broken.length === 0
          ? `${tried} hold`
          : `${broken.length} of ${tried} do not: ${broken.slice(0, 3).join('; ')}`,
      agrees: broken.length === 0,
      tried,
    },
  ];
}
