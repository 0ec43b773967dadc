import type pg from 'pg';
import { statementMs } from '../../../cluster/server.ts';
import { faults } from '../../../faults/index.ts';
import { primaryAlone } from '../../alone.ts';
import { type Drill, defineDrill, type Recovered, type Scene, type Seen } from '../../model.ts';
import { archiveUpToNow } from './archived.ts';
import { backUp } from './backed-up.ts';
import { backupsOf } from './backups-of.ts';
import { moreCommits } from './commits.ts';
import { takeMoment } from './moment.ts';
import { notRecovered } from './not-recovered.ts';
import { restoreCopy } from './restored-copy.ts';
import { takeItsPlace } from './take-its-place.ts';
import { stateOf, verifyCopy } from './verified.ts';

export interface Damage {
  readonly name: string;
  readonly says: string;
  /** Breaks it, as somebody at a terminal would, and says what came of it: it must have done harm. */
  readonly inflict: (client: pg.Client, scene: Scene) => Promise<Seen>;
}

/** Somebody breaks the data and commits; the database is replaced by what it was a moment before. */
export const pointInTime = ({ name, says, inflict }: Damage): Drill =>
  defineDrill({
    name,
    says: `${says}; the database is restored to the moment before, and takes the place of the damaged one`,
    needs: ['superuser', 'archive'],
    loses: 'nothing',
    topology: primaryAlone,
    counterexamples: () => [faults['archive-lies-later']()],
    run: (scene) => run(scene, inflict),
  });

async function run(scene: Scene, inflict: Damage['inflict']): Promise<Recovered> {
  const { cluster, database, timeline } = scene;
  const backups = backupsOf(scene);
  const { backup, seen: taken } = await backUp(scene, backups);
  if (backup === undefined) return notRecovered(scene, [taken]);
  await moreCommits(scene, 20);

  // Nobody but the ledger's writers is at work, so these are what they were.
  const before = await stateOf(scene, cluster.primary);
  const { at, cut } = await takeMoment(scene, backup);
  const client = await cluster.primary.connect({ database, statementMs });
  const broken = timeline.now();
  const damage = await inflict(client, scene).finally(() => client.end());
  timeline.mark('fault', damage.way, broken);
  timeline.mark('declared', `the database goes back to ${at}`);

  const archived = await archiveUpToNow(scene);
  const copy = await restoreCopy(scene, backups, {
    name: 'restored',
    target: { kind: 'time', at },
    archives: true,
  });
  const seen = [taken, damage, archived.seen, copy.seen];
  const { restored } = copy;
  if (restored === undefined) return notRecovered(scene, seen);
  const verified = await verifyCopy(scene, restored.server, before);
  const resumedAt = await takeItsPlace(scene, restored);
  return {
    server: restored.server,
    database,
    cut: { ...cut, resumedAt },
    serving: true,
    restored,
    seen: [...seen, ...verified],
    close: () => restored.close(),
  };
}
