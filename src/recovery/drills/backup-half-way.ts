import { until } from '../../cluster/until.ts';
import { primaryAlone } from '../alone.ts';
import type { BackupMethod } from '../backup/model.ts';
import { defineDrill, type Recovered, type Scene, type Seen } from '../model.ts';
import { backUp } from './restore/backed-up.ts';
import { backupsOf } from './restore/backups-of.ts';
import { moreCommits } from './restore/commits.ts';
import { halfABackup } from './restore/half-a-backup.ts';
import { notRecovered } from './restore/not-recovered.ts';
import { restoredBeside } from './restore/restored-beside.ts';
import { storedBytes } from './restore/stored-bytes.ts';

/** A backup is broken off: it must not be offered, the one before must do, and the next must succeed. */
export const backupHalfWay = defineDrill({
  name: 'backup-half-way',
  says: 'a backup is killed half-way: it is not offered, what is offered is whole and can be restored, and the next one succeeds',
  needs: ['superuser', 'archive'],
  loses: 'nothing',
  topology: primaryAlone,
  counterexamples: () => [halfABackup()],
  run,
});

async function run(scene: Scene): Promise<Recovered> {
  const { timeline } = scene;
  const backups = backupsOf(scene);
  const { backup, seen: taken } = await backUp(scene, backups);
  if (backup === undefined) return notRecovered(scene, [taken]);
  await moreCommits(scene, 20);
  const offered = await backups.list();
  timeline.mark('fault', 'a backup is killed half-way');
  await breakOff(scene, backups);
  const left = await notOffered(backups, new Set(offered.map(({ label }) => label)));
  const whole = await allWhole(backups);
  timeline.mark('declared', 'the database is restored from what is offered');
  const recovered = await restoredBeside(scene, backups, backup, [taken, left, whole]);
  const next = await backUp(scene, backups);
  return { ...recovered, seen: [...recovered.seen, { ...next.seen, way: 'the next backup' }] };
}

/** A megabyte is stored of it: it has begun, and has not ended. */
const begun = 1024 ** 2;
const attempts = 3;

/** Kills a backup when a part of it is stored. Throws where it is always done before. */
async function breakOff(scene: Scene, backups: BackupMethod): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const stored = await storedBytes(scene);
    const broken = new AbortController();
    let ended = false;
    const taking = backups.take('full', AbortSignal.any([broken.signal, scene.signal])).then(
      () => 'taken' as const,
      (error: unknown) => (broken.signal.aborted ? 'broken off' : Promise.reject(error)),
    );
    const end = taking.finally(() => {
      ended = true;
    });
    end.catch(() => {});
    await until(async () => ended || (await storedBytes(scene)) > stored + begun, 30_000, scene.signal);
    broken.abort(new Error('broken off half-way'));
    if ((await end) === 'broken off') return;
  }
  throw new Error(`${attempts} backups were done before they could be broken off: there is too little data`);
}

async function notOffered(backups: BackupMethod, before: ReadonlySet<string>): Promise<Seen> {
  const after = await backups.list();
  // One that was done before it could be killed is a backup like any other.
  const verified = after.filter(({ label }) => !before.has(label));
  const wrong = verified.length === 0 ? [] : await backups.verify();
  return {
    subject: 'backups',
    way: 'those that are offered, once one was killed half-way',
    statement: `${backups.name}: list`,
    expected: 'those from before, and none that is not whole',
    actual: `${after.map(({ label }) => label).join(', ')}${wrong.length === 0 ? '' : `; ${wrong.join('; ')}`}`,
    agrees: [...before].every((label) => after.some((each) => each.label === label)) && wrong.length === 0,
  };
}

async function allWhole(backups: BackupMethod): Promise<Seen> {
  const wrong = await backups.verify();
  return {
    subject: 'backups',
    way: 'all that is stored is verified',
    statement: `${backups.name}: verify`,
    expected: 'whole',
    actual: wrong.length === 0 ? 'whole' : wrong.slice(0, 5).join('; '),
    agrees: wrong.length === 0,
  };
}
