import { duration } from '../../evidence/duration.ts';
import type { DrillTimeline } from '../../evidence/timeline.ts';
import { type Losses, lossesOf } from '../../recovery/chaos/losses.ts';
import type { Play, Played } from '../../recovery/chaos/play.ts';
import { sayStep } from '../../recovery/chaos/step.ts';
import { seeArchived, seeWaiting } from '../../recovery/controller/aftermath.ts';
import { failoverLoses } from '../../recovery/drills/failover-terms.ts';
import { compareLedger, type LedgerBreak } from '../../recovery/ledger/compare.ts';
import { summaryOf } from '../../recovery/ledger/read.ts';
import type { Loses, Seen } from '../../recovery/model.ts';
import type { OpenScene } from '../../recovery/scene.ts';
import type { RecoveryTargets } from '../../recovery/targets.ts';
import { timelineEvidence } from '../../recovery/to-evidence.ts';
import { type AssessOptions, refusalOf, seenAgain } from './assess.ts';
import { seenOfLedger } from './ledger-seen.ts';

const goodMs = 10_000;
const patienceMs = 60_000;
/** Of the curves of commits and errors. */
const curveMs = 100;

/** After the last step: whether writes go on, and what the ledger says of the server that has the data by then. */
export async function assessChaos(
  scene: OpenScene,
  play: Play,
  { targets, again }: AssessOptions,
): Promise<{ readonly seen: readonly Seen[]; readonly timeline: DrillTimeline }> {
  const { timeline, load, signal, hurried, design, database } = scene;
  const { primary, standing, played, stopped } = play;
  const seen: Seen[] = stopped === undefined ? [] : [stopped];
  if (stopped === undefined) {
    scene.progress('writes must be good for ten seconds');
    const share = hurried ? 5 : 1;
    const since = performance.now();
    const good = await load.goodAgain(since, goodMs / share, patienceMs / share, signal);
    if (good !== undefined) timeline.mark('first-good', 'writes are good from here on', timeline.at(good));
    seen.push(seenGood(good === undefined ? undefined : good - since));
    if (standing.replicas.length > 0) seen.push(...(await seeWaiting(standing.scene(), primary)));
    seen.push(...(await seeArchived(standing.scene(), primary)));
  }
  await load.stop();
  scene.progress('the ledger against the database');
  const ledgerBegan = timeline.at(load.origin);
  const onItsClock = ({ from, to }: LedgerBreak) => ({ from: from - ledgerBegan, to: to - ledgerBegan });
  const failovers = play.failovers.map(onItsClock);
  // Where a step lost something writers went on without it: that is a loss, and no disorder.
  const steps = played.map(({ fault, good, end }) => onItsClock({ from: fault, to: good ?? end }));
  const connect = () => primary.connect({ database });
  const silent = await refusalOf(connect);
  if (silent !== undefined) seen.push(silent);
  const loses = failoverLoses(design);
  let losses: Losses = { records: load.counts.acknowledged, oldest: Number.POSITIVE_INFINITY };
  if (silent === undefined) {
    const comparison = await compareLedger({ file: load.file, connect, breaks: [...failovers, ...steps] });
    losses = lossesOf(comparison.lost, failovers);
    seen.push(...seenOfLedger(comparison));
    if (stopped === undefined)
      seen.push(...(await seenAgain(scene, { server: primary, database, serving: true, seen: [] }, again)));
  }
  const longest = Math.max(0, ...played.map((each) => (each.good ?? each.end) - each.fault));
  return {
    seen: [...played.map((each) => seenStep(each, targets)), ...seen, seenLost(losses, loses, targets)],
    timeline: await timelineOf(scene, play, losses, loses, { targets, longest, ledgerBegan }),
  };
}

/** A step that only stands in nobody's way counts with its whole length: then the time is more than clients felt. */
function seenStep({ step, fault, good, end, says }: Played, { rto }: RecoveryTargets): Seen {
  const took = (good ?? end) - fault;
  return {
    subject: 'writes',
    way: says,
    statement: sayStep(step),
    expected: rto === undefined ? 'good again' : `good again within ${duration(rto)}`,
    actual: good === undefined ? `not after ${duration(took)}` : `after ${duration(took)}`,
    agrees: good !== undefined && (rto === undefined || took <= rto),
    object: step.action,
  };
}

const seenGood = (after: number | undefined): Seen => ({
  subject: 'writes',
  way: 'after the last step',
  statement: 'pgattest_ledger.post',
  expected: `good for ${duration(goodMs)}`,
  actual: after === undefined ? 'never good' : `good, from ${duration(after)} after it on`,
  agrees: after !== undefined,
});

/** What a failover may lose is young: anything else that is lost, and all that is lost without one, is too much. */
function seenLost({ records, oldest }: Losses, loses: Loses, { rpo }: RecoveryTargets): Seen {
  const may = loses === 'rpo' && rpo !== undefined;
  const age = Number.isFinite(oldest)
    ? `the oldest acknowledged ${duration(oldest)} before the failover that lost it`
    : 'some of them by no failover';
  return {
    subject: 'RPO',
    way: 'records',
    statement: 'commits that the client had acknowledged and the database does not hold after the last step',
    expected: may ? `none that was acknowledged more than ${duration(rpo)} before a failover` : 'none',
    actual: records === 0 ? '0 lost' : `${records} lost, ${age}`,
    agrees: records === 0 || (may && oldest <= rpo),
    object: 'what was acknowledged',
  };
}

interface Measured {
  readonly targets: RecoveryTargets;
  /** The longest time from a fault until writes were good. */
  readonly longest: number;
  readonly ledgerBegan: number;
}

/** A mark for each step; the RPO is that of the worst loss, the RTO that of the worst step. */
async function timelineOf(
  { timeline, load }: OpenScene,
  { played, stopped }: Play,
  { records, oldest }: Losses,
  loses: Loses,
  { targets, longest, ledgerBegan }: Measured,
): Promise<DrillTimeline> {
  const { acknowledged, failed } = await summaryOf(load.file, curveMs);
  for (const [at, value] of acknowledged)
    timeline.point('commits', 'commits/s', value, at + ledgerBegan - curveMs);
  for (const [at, value] of failed) timeline.point('errors', 'commits/s', value, at + ledgerBegan - curveMs);
  const first = played[0]?.fault ?? timeline.now();
  timeline.mark('fault', `the first of ${played.length} steps`, first);
  const { startedAt, series } = timeline;
  const evidence = timelineEvidence(
    { startedAt, marks: timeline.marks, series },
    {
      rpo: {
        loses,
        records,
        milliseconds: Number.isFinite(oldest) ? oldest : Math.max(0, first - ledgerBegan),
        ...(targets.rpo === undefined ? {} : { target: targets.rpo }),
      },
      rto: {
        from: 'the fault of a step',
        until: 'good writes',
        phases: [],
        ...(stopped === undefined ? { milliseconds: longest } : {}),
        ...(targets.rto === undefined ? {} : { target: targets.rto }),
      },
    },
  );
  const steps = played.map(({ step, fault, says }) => ({
    name: step.action,
    says,
    at: Math.round(fault * 10) / 10,
  }));
  return { ...evidence, marks: [...evidence.marks, ...steps].toSorted((one, other) => one.at - other.at) };
}
