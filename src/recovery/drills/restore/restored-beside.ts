import type { Backup, BackupMethod } from '../../backup/model.ts';
import type { Recovered, Scene, Seen } from '../../model.ts';
import { archiveUpToNow } from './archived.ts';
import { moreCommits } from './commits.ts';
import { takeMoment } from './moment.ts';
import { notRecovered } from './not-recovered.ts';
import { restoreCopy } from './restored-copy.ts';
import { stateOf, verifyCopy } from './verified.ts';

/** Restores to this moment beside the database, which goes on: the proof that a backup is one. The ledger is compared with the copy. */
export async function restoredBeside(
  scene: Scene,
  backups: BackupMethod,
  backup: Backup,
  seen: readonly Seen[],
): Promise<Recovered> {
  await moreCommits(scene, 20);
  const before = await stateOf(scene, scene.cluster.primary);
  const { at, cut } = await takeMoment(scene, backup);
  const archived = await archiveUpToNow(scene);
  const copy = await restoreCopy(scene, backups, { name: 'restored', target: { kind: 'time', at } });
  const all = [...seen, archived.seen, copy.seen];
  const { restored } = copy;
  if (restored === undefined) return notRecovered(scene, all);
  const verified = await verifyCopy(scene, restored.server, before);
  return {
    server: restored.server,
    database: scene.database,
    cut,
    serving: false,
    restored,
    seen: [...all, ...verified],
    close: () => restored.close(),
  };
}
