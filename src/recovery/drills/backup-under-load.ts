import { until } from '../../cluster/until.ts';
import { faults } from '../../faults/index.ts';
import { primaryAlone } from '../alone.ts';
import { defineDrill, type Recovered, type Scene, type Seen } from '../model.ts';
import { type BackedUp, backUp } from './restore/backed-up.ts';
import { backupsOf } from './restore/backups-of.ts';
import { moreCommits } from './restore/commits.ts';
import { notRecovered } from './restore/not-recovered.ts';
import { restoredBeside } from './restore/restored-beside.ts';

/** A backup that is taken while everybody writes must be one, and must not stop them. */
export const backupUnderLoad = defineDrill({
  name: 'backup-under-load',
  says: 'a backup is taken while writers are at full rate; it is restored beside them and compared, and what it cost them is measured',
  needs: ['superuser', 'archive'],
  loses: 'nothing',
  topology: primaryAlone,
  counterexamples: () => [
    faults['primary-setting']('archive_command', 'true', 'the archive lies: it says yes and stores nothing'),
  ],
  run,
});

async function run(scene: Scene): Promise<Recovered> {
  const backups = backupsOf(scene);
  const before = await usualRate(scene);
  const { taken, price } = await watched(scene, before, () => backUp(scene, backups));
  const seen = [taken.seen, price];
  if (taken.backup === undefined) return notRecovered(scene, seen);
  scene.timeline.mark('fault', 'a copy of this moment is needed');
  scene.timeline.mark('declared', 'the backup is restored beside the database');
  return restoredBeside(scene, backups, taken.backup, seen);
}

/** Commits a second without a backup, over some hundreds of them. */
async function usualRate(scene: Scene): Promise<number> {
  const began = performance.now();
  const { acknowledged } = scene.load.counts;
  await moreCommits(scene, 300);
  return ((scene.load.counts.acknowledged - acknowledged) / (performance.now() - began)) * 1000;
}

/** The writers may not be without a commit for longer, whatever the backup does: by then they give one up. */
const longestMs = 2_000;

/** What the writers had of a backup: how many commits a second, and the longest time without one. */
async function watched(
  { load, signal, timeline }: Scene,
  before: number,
  work: () => Promise<BackedUp>,
): Promise<{ readonly taken: BackedUp; readonly price: Seen }> {
  const began = performance.now();
  const counts = { ...load.counts };
  let over = false;
  const working = work().finally(() => {
    over = true;
  });
  working.catch(() => {});
  let silentMs = 0;
  await until(
    () => {
      silentMs = Math.max(silentMs, performance.now() - Math.max(began, load.lastAcknowledged ?? began));
      return over;
    },
    120_000,
    signal,
  );
  const taken = await working;
  const seconds = (performance.now() - began) / 1000;
  const during = (load.counts.acknowledged - counts.acknowledged) / seconds;
  const failed = load.counts.failed - counts.failed;
  timeline.point('backup', 'commits/s', during);
  const share = before === 0 ? 0 : (during / before) * 100;
  return {
    taken,
    price: {
      subject: 'writers',
      way: `while a backup is taken, for ${seconds.toFixed(1)} s`,
      statement: 'pgattest_ledger.post',
      expected: `no commit fails, and none is waited for longer than ${longestMs} ms`,
      actual: `${during.toFixed(0)} commits/s, ${before.toFixed(0)} before (${share.toFixed(0)} % of that); ${failed} failed; ${silentMs.toFixed(0)} ms without one at most`,
      agrees: failed === 0 && silentMs <= longestMs,
    },
  };
}
