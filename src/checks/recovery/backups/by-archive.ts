import { archiveBackups } from '../../../recovery/backup/methods.ts';
import type { Backup } from '../../../recovery/backup/model.ts';
import type { Sighting } from '../../check.ts';
import { complain, portray, type Scene, seeRestored } from './scene.ts';

/** Something is written before each backup and after the last, so that each has something to hold and recovery something to replay. */
export async function* byArchive(scene: Scene): AsyncGenerator<Sighting> {
  const { cluster, context, notes, database } = scene;
  const { session, run, stopAtFirstBreach } = context;
  const signal = run?.signal;
  const backups = archiveBackups(
    cluster,
    () => cluster.primary,
    stopAtFirstBreach ? { archiveMs: 5_000 } : {},
  );
  const done = () => stopAtFirstBreach && notes.breaches.length > 0;
  await session.query('CREATE TABLE public.pgattest_written (backup text)');
  const write = (what: string) => session.query('INSERT INTO public.pgattest_written VALUES ($1)', [what]);
  const kinds: readonly Backup['kind'][] =
    backups.name === 'pgbackrest' ? ['full', 'differential', 'incremental'] : ['full'];
  for (const kind of kinds) {
    await write(kind);
    const { label, bytes, milliseconds } = await backups.take(kind, signal);
    const seconds = (milliseconds / 1000).toFixed(1);
    const actual = `${label}, ${(bytes / 1e6).toFixed(1)} MB in ${seconds} s`;
    yield* notes.see(
      { subject: 'backup', way: kind, statement: backups.says, expected: `a ${kind} backup`, actual },
      true,
      'backup',
    );
  }
  yield* complain(
    notes,
    { subject: 'backups', way: 'verified', statement: backups.says },
    await backups.verify(),
  );
  if (done()) return;
  await write('after the backups');
  const way = { subject: 'archive', way: 'takes what is written now', statement: 'SELECT pg_switch_wal()' };
  yield* complain(notes, way, await backups.check());
  if (done()) return;

  const before = await portray(cluster.primary, database);
  const restored = await backups.restore({
    name: 'restored',
    target: { kind: 'end' },
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const { phases, bytes, segments } = restored;
    const fetching = `${(bytes / 1e6).toFixed(1)} MB in ${(phases.fetched / 1000).toFixed(1)} s`;
    const replaying = `${segments} segments in ${((phases.reached - phases.fetched) / 1000).toFixed(1)} s`;
    yield* notes.see(
      {
        subject: 'restored server',
        way: 'restored to the end of the archive',
        statement: backups.says,
        expected: 'it takes writes',
        actual: `it takes writes: ${fetching}, ${replaying}`,
      },
      true,
      'backup',
    );
    yield* seeRestored(scene, restored.server, before);
  } finally {
    await restored.close();
  }
}
