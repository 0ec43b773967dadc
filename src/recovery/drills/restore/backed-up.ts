import type { Backup, BackupMethod } from '../../backup/model.ts';
import type { Scene, Seen } from '../../model.ts';
import { patienceOf, wordsOf } from './patience.ts';

export interface BackedUp {
  /** Undefined where there is none: the observation says why. */
  readonly backup: Backup | undefined;
  readonly seen: Seen;
}

/** Takes a backup while the writers go on. That there is none is seen, and not thrown. */
export async function backUp(
  scene: Scene,
  backups: BackupMethod,
  kind: Backup['kind'] = 'full',
): Promise<BackedUp> {
  scene.progress(`takes a ${kind} backup: ${backups.says}`);
  const { backup, actual } = await attempt(scene, backups, kind);
  return {
    backup,
    seen: {
      subject: 'backup',
      way: `a ${kind} backup is taken: ${backups.says}`,
      statement: `${backups.name}: ${kind} backup`,
      expected: 'a backup that the method offers',
      actual,
      agrees: backup !== undefined,
      object: 'archive_command',
    },
  };
}

async function attempt(
  scene: Scene,
  backups: BackupMethod,
  kind: Backup['kind'],
): Promise<{ readonly backup: Backup | undefined; readonly actual: string }> {
  try {
    const backup = await backups.take(kind, patienceOf(scene, 60_000));
    const offered = (await backups.list()).some(({ label }) => label === backup.label);
    const { label, bytes, milliseconds } = backup;
    if (!offered) return { backup: undefined, actual: `${label} was taken, and is not offered` };
    return { backup, actual: `${label}: ${bytes} bytes in ${milliseconds.toFixed(0)} ms` };
  } catch (error) {
    return { backup: undefined, actual: `none: ${wordsOf(error, scene)}` };
  }
}
