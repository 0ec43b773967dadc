import { statementMs } from '../../cluster/server.ts';
import { faults } from '../../faults/index.ts';
import { primaryAlone } from '../alone.ts';
import { defineDrill, type Recovered, type Scene, type Seen } from '../model.ts';
import { archiveUpToNow } from './restore/archived.ts';
import { backUp } from './restore/backed-up.ts';
import { backupsOf } from './restore/backups-of.ts';
import { moreCommits } from './restore/commits.ts';
import { notRecovered } from './restore/not-recovered.ts';
import { restoreCopy } from './restore/restored-copy.ts';
import { takeItsPlace } from './restore/take-its-place.ts';
import { stateOf, verifyCopy } from './restore/verified.ts';

/** Nothing is left but backups and archive. What had not got there is lost: no more than the design's RPO allows. */
export const restoreLatest = defineDrill({
  name: 'restore-latest',
  says: 'the primary is killed and all its files are removed, and there is no replica; the database is restored to the end of the archive and takes its place',
  needs: ['superuser', 'archive'],
  loses: 'rpo',
  topology: primaryAlone,
  counterexamples: () => [
    faults['archive-lies-later'](),
    faults['primary-setting']('archive_timeout', '0', 'a segment stays open until it is full'),
  ],
  run,
});

async function run(scene: Scene): Promise<Recovered> {
  const { cluster, database, timeline } = scene;
  const { primary, host } = cluster;
  const backups = backupsOf(scene);
  const { backup, seen: taken } = await backUp(scene, backups);
  if (backup === undefined) return notRecovered(scene, [taken]);
  await moreCommits(scene, 50);
  const archived = await archiveUpToNow(scene);
  await moreCommits(scene, 50);
  const before = await stateOf(scene, primary);
  const bound = await exposureBound(scene);

  timeline.mark('fault', 'the primary is killed, and its files are removed');
  await primary.service.kill();
  await host.remove(primary.data);
  timeline.mark('declared', 'the database comes back from the repository alone');
  const copy = await restoreCopy(scene, backups, {
    name: 'restored',
    target: { kind: 'end' },
    archives: true,
  });
  const seen = [taken, archived.seen, bound, copy.seen];
  const { restored } = copy;
  if (restored === undefined) return notRecovered(scene, seen);
  const verified = await verifyCopy(scene, restored.server, before);
  await takeItsPlace(scene, restored);
  const goesOn = await archiveUpToNow(scene, restored.server);
  return {
    server: restored.server,
    database,
    serving: true,
    restored,
    seen: [...seen, ...verified, goesOn.seen],
    close: () => restored.close(),
  };
}

/** How old what is in no archive may get: a run is too short to see it. */
async function exposureBound({ cluster, design }: Scene): Promise<Seen> {
  const { rpo } = design.targets;
  const client = await cluster.primary.connect({ statementMs });
  try {
    const { rows } = await client.query<{ seconds: number; rpo: number | null }>(
      `SELECT setting::int AS seconds, extract(epoch FROM $1::interval)::float8 AS rpo
         FROM pg_settings WHERE name = 'archive_timeout'`,
      [rpo ?? null],
    );
    const seconds = rows[0]?.seconds ?? 0;
    const allowed = rows[0]?.rpo ?? Number.POSITIVE_INFINITY;
    return {
      subject: 'primary',
      way: 'how long a commit may be in no archive',
      statement: 'SHOW archive_timeout',
      expected: rpo === undefined ? 'a bound' : `a bound, below the RPO of ${rpo}`,
      actual: seconds === 0 ? 'none: a segment stays open until it is full' : `${seconds} s`,
      agrees: seconds > 0 && seconds < allowed,
      object: 'archive_timeout',
    };
  } finally {
    await client.end();
  }
}
