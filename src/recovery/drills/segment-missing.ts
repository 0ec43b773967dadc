import { ClusterError } from '../../cluster/error.ts';
import { faults } from '../../faults/index.ts';
import { primaryAlone } from '../alone.ts';
import type { Backup, BackupMethod, RestoreTarget } from '../backup/model.ts';
import { missingBetween, readSegment, segmentBefore } from '../backup/wal.ts';
import { defineDrill, type Recovered, type Scene, type Seen } from '../model.ts';
import { archiveUpToNow } from './restore/archived.ts';
import { backUp } from './restore/backed-up.ts';
import { backupsOf } from './restore/backups-of.ts';
import { moreCommits } from './restore/commits.ts';
import { takeMoment } from './restore/moment.ts';
import { notRecovered } from './restore/not-recovered.ts';
import { restoredBeside } from './restore/restored-beside.ts';
import { restoreCopy, said } from './restore/restored-copy.ts';

/** One segment of WAL has gone from the archive, in the middle. A server takes a gap for the end: it must not pass for a restore. */
export const segmentMissing = defineDrill({
  name: 'segment-missing',
  says: 'a segment of WAL is lost from the archive; restores across the gap are refused, and a new backup can be restored',
  needs: ['superuser', 'archive'],
  loses: 'nothing',
  topology: primaryAlone,
  counterexamples: () => [faults['archive-lies-later']()],
  run,
});

async function run(scene: Scene): Promise<Recovered> {
  const { timeline } = scene;
  const backups = backupsOf(scene);
  const first = await backUp(scene, backups);
  if (first.backup === undefined) return notRecovered(scene, [first.seen]);
  await moreCommits(scene, 20);
  const lost = await archiveUpToNow(scene);
  await moreCommits(scene, 20);
  const { at } = await takeMoment(scene, first.backup);
  const after = await archiveUpToNow(scene);
  const seen = [first.seen, lost.seen, after.seen];
  if (!lost.seen.agrees) return notRecovered(scene, seen);

  timeline.mark('fault', `${lost.segment} is lost from the archive`);
  await loseSegment(scene, lost.segment);
  const gap = await named(scene, backups, first.backup, lost.segment);
  const refusedTime = await refused(scene, backups, { kind: 'time', at }, lost.segment);
  const refusedEnd = await refused(scene, backups, { kind: 'end' }, lost.segment);

  timeline.mark('declared', 'a new backup is taken, since the old one leads nowhere');
  const second = await backUp(scene, backups);
  const all = [...seen, gap, refusedTime, refusedEnd, second.seen];
  if (second.backup === undefined) return notRecovered(scene, all);
  return restoredBeside(scene, backups, second.backup, all);
}

/** From the archive alone: the primary may have it still, and has it no more when that is needed. */
async function loseSegment({ cluster, topology }: Scene, segment: string): Promise<void> {
  const file = (await topology.ground.archive?.files())?.get(segment);
  if (file === undefined) throw new ClusterError('not-able', `the archive has no file of ${segment}`, '');
  await cluster.host.remove(file.path);
}

/** What lies in the archive is looked through by name. What the tool says of it is told, and need not be the same: some look at backups alone. */
async function named(
  { topology }: Scene,
  backups: BackupMethod,
  { end }: Backup,
  segment: string,
): Promise<Seen> {
  const names = new Set((await topology.ground.archive?.files())?.keys());
  const newest = [...names]
    .filter((name) => readSegment(name) !== undefined)
    .toSorted()
    .at(-1);
  const last = newest === undefined ? undefined : readSegment(newest);
  const missing =
    end === undefined || last === undefined
      ? []
      : missingBetween(segmentBefore(end.lsn, end.timeline), last, names);
  const said = await backups.verify();
  return {
    subject: 'archive',
    way: `its segments from the backup to the newest are counted, once ${segment} is lost`,
    statement: `names in the archive; ${backups.name}: verify`,
    expected: `${segment} is missing`,
    actual: `missing: ${missing.length === 0 ? 'none' : missing.join(', ')}; ${backups.name} says: ${said.length === 0 ? 'nothing is wrong' : said.slice(0, 3).join('; ')}`,
    agrees: missing.includes(segment),
    object: segment,
  };
}

/** A restore across the gap must fail, and loudly. */
async function refused(
  scene: Scene,
  backups: BackupMethod,
  target: RestoreTarget,
  segment: string,
): Promise<Seen> {
  const { restored, seen } = await restoreCopy(scene, backups, { name: 'across', target, marks: false });
  await restored?.close();
  return {
    ...seen,
    way: `${said(target)}, across the gap`,
    expected: 'recovery fails, and says so',
    actual:
      restored === undefined
        ? seen.actual
        : `a server that lacks ${segment} takes writes, and nobody is told`,
    agrees: restored === undefined,
    object: segment,
  };
}
