import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { ExecResult } from '../../../cluster/host.ts';
import type { Postgres } from '../../../cluster/postgres.ts';
import { clientEnv } from '../../../recovery/backup/dumps.ts';
import { startEmpty } from '../../../recovery/backup/empty-server.ts';
import type { Sighting } from '../../check.ts';
import type { Parameters } from '../backups.ts';
import { portray, type Scene, seeRestored } from './scene.ts';

/** As long as a dump of small data may take on a busy machine. */
const limitMs = 120_000;

/** The design's own scripts make a backup of the database and bring it back on a server that has nothing of it. */
export async function* byScripts(scene: Scene, given: Parameters): AsyncGenerator<Sighting> {
  const { cluster, context, database } = scene;
  const { host, primary } = cluster;
  const { signal } = context.run ?? {};
  const folder = path.join(host.folder, `scripts-${randomBytes(6).toString('hex')}`);
  const run = (script: string, server: Postgres) =>
    host.exec(
      // Programs of PostgreSQL come from the server's own installation.
      [
        'bash',
        '-c',
        'cd "$1" && PATH="$2:$PATH" && exec bash -euo pipefail -c "$3"',
        'bash',
        folder,
        server.binaries.bin,
        script,
      ],
      {
        env: { ...clientEnv(server), PGDATABASE: database, HOME: folder },
        timeoutMs: limitMs,
        ...(signal === undefined ? {} : { signal }),
      },
    );
  await placeFiles(scene, folder);
  try {
    const before = await portray(primary, database);
    const backup = given.backup ?? '';
    yield* sees(scene, 'backup', backup, await run(backup, primary));
    if (scene.notes.breaches.length > 0) return;
    const { server, close } = await startEmpty(host, primary, {
      name: 'restored',
      ...(signal === undefined ? {} : { signal }),
    });
    try {
      const restore = given.restore ?? '';
      yield* sees(scene, 'restore', restore, await run(restore, server));
      if (scene.notes.breaches.length > 0) return;
      yield* isThere(scene, server);
      if (scene.notes.breaches.length > 0) return;
      yield* seeRestored(scene, server, before);
    } finally {
      await close();
    }
  } finally {
    await host.remove(folder);
  }
}

async function* isThere({ notes, database }: Scene, server: Postgres): AsyncGenerator<Sighting> {
  const statement = 'SELECT FROM pg_database WHERE datname = $1 AND datallowconn';
  const client = await server.connect();
  const { rowCount } = await client.query(statement, [database]).finally(() => client.end());
  const there = rowCount === 1;
  yield* notes.see(
    {
      subject: 'restored server',
      way: 'has the database',
      statement,
      expected: database,
      actual: there ? database : `no database ${database}`,
    },
    there,
    'restore',
  );
}

async function placeFiles({ cluster: { host }, context: { design } }: Scene, folder: string): Promise<void> {
  await host.makeFolder(folder);
  for (const [name, text] of Object.entries(design.config)) {
    const file = path.join(folder, 'config', name);
    await host.exec(['mkdir', '-p', path.dirname(file)]);
    await host.writeFile(file, text, 0o700);
  }
}

function* sees(
  { notes }: Scene,
  way: 'backup' | 'restore',
  statement: string,
  { exitCode, stderr }: ExecResult,
): Generator<Sighting> {
  const said = stderr.trim().split('\n');
  const words = said.find((line) => /error|fatal/i.test(line)) ?? said.at(-1) ?? '';
  yield* notes.see(
    {
      subject: 'scripts of the design',
      way,
      statement,
      expected: 'exit code 0',
      actual: `exit code ${exitCode}${exitCode === 0 || words === '' ? '' : `: ${words}`}`,
    },
    exitCode === 0,
    way,
  );
}
