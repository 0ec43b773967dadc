import { faults } from '../../faults/index.ts';
import { primaryAlone } from '../alone.ts';
import type { BackupMethod } from '../backup/model.ts';
import { defineDrill, type Recovered, type Scene, type Seen } from '../model.ts';
import { archiveUpToNow } from './restore/archived.ts';
import { backUp } from './restore/backed-up.ts';
import { backupsOf } from './restore/backups-of.ts';
import { moreCommits } from './restore/commits.ts';
import { takeMoment } from './restore/moment.ts';
import { notRecovered } from './restore/not-recovered.ts';
import { restoreCopy } from './restore/restored-copy.ts';
import { takeItsPlace } from './restore/take-its-place.ts';
import { countOf, lastCommits, type Witnesses } from './restore/witnesses.ts';

/**
 * After a restore to a moment the archive holds two branches: what was given up, and what came after. A second restore must follow the
 * one that it is told to.
 */
export const wrongTimeLine = defineDrill({
  name: 'wrong-time-line',
  says: 'the database goes back to a moment and on from there, so that its archive holds two time lines; copies are restored along the new one and along the old',
  needs: ['superuser', 'archive'],
  loses: 'nothing',
  topology: primaryAlone,
  counterexamples: () => [faults['history-lost']()],
  run,
});

async function run(scene: Scene): Promise<Recovered> {
  const { cluster, database, timeline } = scene;
  const backups = backupsOf(scene);
  const { backup, seen: taken } = await backUp(scene, backups);
  if (backup === undefined) return notRecovered(scene, [taken]);
  await moreCommits(scene, 20);

  const { at, cut } = await takeMoment(scene, backup);
  timeline.mark('fault', `what is committed from ${at} on is to be given up`);
  await moreCommits(scene, 20);
  const givenUp = await lastCommits(cluster.primary, database);
  timeline.mark('declared', `the database goes back to ${at}`);
  const old = await archiveUpToNow(scene);
  const first = await restoreCopy(scene, backups, {
    name: 'restored',
    target: { kind: 'time', at },
    archives: true,
  });
  const seen = [taken, old.seen, first.seen];
  const { restored } = first;
  if (restored === undefined) return notRecovered(scene, seen);

  const resumedAt = await takeItsPlace(scene, restored);
  await moreCommits(scene, 20);
  const kept = await lastCommits(restored.server, database);
  const archived = await archiveUpToNow(scene, restored.server);
  const branches = { givenUp, kept };
  const latest = await along(scene, backups, 'latest', branches, 'kept');
  const current = await along(scene, backups, '1', branches, 'givenUp');
  timeline.mark('verified', 'copies were restored along both time lines');
  return {
    server: restored.server,
    database,
    cut: { ...cut, resumedAt },
    serving: true,
    restored,
    seen: [...seen, archived.seen, ...latest, ...current],
    close: () => restored.close(),
  };
}

interface Branches {
  readonly givenUp: Witnesses;
  readonly kept: Witnesses;
}

/** A copy to the end of a time line has the commits of its branch, and none of the other. */
async function along(
  scene: Scene,
  backups: BackupMethod,
  line: string,
  branches: Branches,
  expected: keyof Branches,
): Promise<readonly Seen[]> {
  const copy = await restoreCopy(scene, backups, {
    name: `along_${line}`,
    target: { kind: 'end' },
    timeline: line,
    marks: false,
  });
  const { restored } = copy;
  if (restored === undefined) return [copy.seen];
  try {
    const kept = await countOf(restored.server, scene.database, branches.kept);
    const givenUp = await countOf(restored.server, scene.database, branches.givenUp);
    const says = (of: { kept: number; givenUp: number }) =>
      `${of.kept} of the ${branches.kept.length} commits after the restore, ${of.givenUp} of the ${branches.givenUp.length} that were given up`;
    const right = {
      kept: expected === 'kept' ? branches.kept.length : 0,
      givenUp: expected === 'givenUp' ? branches.givenUp.length : 0,
    };
    return [
      copy.seen,
      {
        subject: `copy along time line ${line}`,
        way: 'commits by which the branches are told',
        statement: `recovery_target_timeline = '${line}'`,
        expected: says(right),
        actual: `${says({ kept, givenUp })}; it came along time line ${restored.end?.timeline ?? 'unknown'}`,
        agrees: kept === right.kept && givenUp === right.givenUp,
        object: 'recovery_target_timeline',
      },
    ];
  } finally {
    await restored.close();
  }
}
