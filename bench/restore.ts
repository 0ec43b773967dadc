/**
 * Restores of two sizes from a base copy and an archive, here, and what they project to 100 GB and 1 TB:
 * `npx jiti bench/restore.ts [megabytes] [megabytes] [segments for each 100 MB] [gigabytes of WAL] [local|embedded|auto]`. The larger is
 * predicted from the smaller first. The projection is to as much WAL since the backup as is given, whatever the size. A restore that does
 * not hold every row ends it with an error.
 */
import { loadavg } from 'node:os';
import { startCluster } from '../src/cluster/cluster.ts';
import type { Postgres } from '../src/cluster/postgres.ts';
import { archiveBackups } from '../src/recovery/backup/methods.ts';
import type { BackupMethod } from '../src/recovery/backup/model.ts';
import { segmentBytes } from '../src/recovery/backup/wal.ts';
import {
  gigabyte,
  projectRestore,
  type RestoreSample,
  sampleOf,
  terabyte,
} from '../src/recovery/projection.ts';
import { seenOf } from '../src/recovery/say-projection.ts';

const megabyte = 1024 ** 2;
const sizes = [Number(process.argv[2] ?? 150), Number(process.argv[3] ?? 600)];
const segmentsPer100 = Number(process.argv[4] ?? 20);
const segments = (Number(process.argv[5] ?? 16) * gigabyte) / segmentBytes;
const on = process.argv[6] ?? 'auto';
if (on !== 'local' && on !== 'embedded' && on !== 'auto') throw new Error(`no servers of ${on}`);

// As a server that matters has it: what is fetched and replayed is flushed.
const cluster = await startCluster({
  on,
  settings: { shared_buffers: '128MB', max_wal_size: '4GB', checkpoint_timeout: '1h' },
  throwaway: false,
  topology: { database: 'app', wish: { replicas: 0, archive: { timeout: '60s' } } },
});
try {
  await cluster.primary.createDatabase('app');
  await ask(
    cluster.primary,
    'CREATE TABLE filler (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)',
  );
  const backups = archiveBackups(cluster);
  const samples: RestoreSample[] = [];
  for (const size of sizes) samples.push(await sample(cluster.primary, backups, size));
  const wished = [
    { says: '100 GB', bytes: 100 * gigabyte, segments },
    { says: '1 TB', bytes: terabyte, segments },
  ];
  for (const { way, statement, actual } of seenOf(projectRestore(samples, wished, 30 * 60_000)))
    console.log(`${way}: ${actual}\n  ${statement}`);
} finally {
  await cluster.close();
}

/** Fills up to a size, takes a backup, writes WAL after it, and restores to its end beside the server. */
async function sample(server: Postgres, backups: BackupMethod, megabytes: number): Promise<RestoreSample> {
  await grow(server, megabytes * megabyte);
  await backups.take('full');
  const bytes = Number(await ask(server, 'SELECT sum(pg_database_size(oid)) FROM pg_database'));
  await write(server, Math.round((megabytes / 100) * segmentsPer100) * segmentBytes);
  const wrong = await backups.check();
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  const rows = await ask(server, 'SELECT count(*) FROM filler');
  const restored = await backups.restore({ name: 'restored', target: { kind: 'end' }, limitMs: 600_000 });
  try {
    const found = await ask(restored.server, 'SELECT count(*) FROM filler');
    if (found !== rows) throw new Error(`${found} rows were restored of ${rows}`);
  } finally {
    await restored.close();
  }
  // What was fetched is what was there when the backup was taken: since then the folder has grown by what was replayed.
  const taken = sampleOf(`${Math.round(bytes / megabyte)} MB`, { ...restored, bytes });
  console.log(
    `${taken.says}, ${taken.segments} segments: fetch ${seconds(taken.fetchMs)} s, start ${seconds(taken.startMs)} s, replay ${seconds(taken.replayMs)} s; load ${loadavg()[0]?.toFixed(1)}`,
  );
  return taken;
}

async function grow(server: Postgres, bytes: number): Promise<void> {
  for (;;) {
    const size = Number(await ask(server, `SELECT pg_database_size('app')`));
    if (size >= bytes) break;
    const rows = Math.ceil(Math.min(bytes - size, 50 * megabyte) / 1_100);
    await ask(server, insertOf(rows));
  }
  await ask(server, 'CHECKPOINT');
}

async function write(server: Postgres, bytes: number): Promise<void> {
  const lsn = await ask(server, 'SELECT pg_current_wal_lsn()');
  for (;;) {
    const done = Number(await ask(server, `SELECT pg_current_wal_lsn() - '${lsn}'::pg_lsn`));
    if (done >= bytes) return;
    await ask(server, insertOf(Math.ceil(Math.min(bytes - done, 40 * megabyte) / 1_250)));
  }
}

/** Rows of about a kilobyte that no compression makes smaller by much. */
function insertOf(rows: number): string {
  return `INSERT INTO filler (body) SELECT string_agg(md5(random()::text), '') FROM generate_series(1, ${rows}) AS r, generate_series(1, 31) AS n GROUP BY r`;
}

/** The first column of the first row; empty where there is none. */
async function ask(server: Postgres, statement: string): Promise<string> {
  const client = await server.connect({ database: 'app' });
  try {
    const { rows } = await client.query<string[]>({ text: statement, rowMode: 'array' });
    return String(rows[0]?.[0] ?? '');
  } finally {
    await client.end();
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}
