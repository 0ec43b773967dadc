import type pg from 'pg';
import type { Archive } from '../../cluster/archive.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import { until } from '../../cluster/until.ts';
import type { Scene } from '../model.ts';

/** What the server says of its archiver: times that it succeeded, and failed. */
export interface ArchiverCounts {
  readonly archived: number;
  readonly failed: number;
}

export function archiveOf({ topology }: Pick<Scene, 'topology'>): Archive {
  const { archive } = topology.ground;
  if (archive === undefined) throw new Error('a drill of the archive on a cluster without one');
  return archive;
}

/** Where its files lie, as folder. */
export function folderOf({ store }: Archive): string {
  return store.kind === 'copies' ? store.folder : store.repository;
}

export async function archiverCounts(client: pg.Client): Promise<ArchiverCounts> {
  const { rows } = await client.query<ArchiverCounts>(
    'SELECT archived_count::float8 AS archived, failed_count::float8 AS failed FROM pg_stat_archiver',
  );
  return rows[0] ?? { archived: 0, failed: 0 };
}

/** Ends a segment that something has been written to, and gives its name. */
export async function switchSegment(client: pg.Client): Promise<string> {
  // Not transactional: nobody waits for a replica with it.
  await client.query("SELECT pg_logical_emit_message(false, 'pgattest', 'drill')");
  const { rows } = await client.query<{ segment: string }>(
    'SELECT pg_walfile_name(pg_switch_wal()) AS segment',
  );
  return rows[0]?.segment ?? '';
}

/** Segments that end one after the other, each with commits of the load in it as long as that goes on. */
export async function endSegments(
  { load, signal }: Pick<Scene, 'load' | 'signal'>,
  client: pg.Client,
  count: number,
): Promise<readonly string[]> {
  const segments: string[] = [];
  for (let n = 0; n < count; n++) {
    const before = load.counts.acknowledged;
    await until(() => load.counts.acknowledged > before, commitMs, signal);
    segments.push(await switchSegment(client));
  }
  return segments;
}

const commitMs = 1_000;

/** Segments that the server holds for archived, or that wait for it: by their notes in pg_wal/archive_status. */
export async function segmentsNoted(client: pg.Client, as: 'done' | 'ready'): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT left(name, 24) AS name FROM pg_ls_archive_statusdir() WHERE name ~ ('^[0-9A-F]{24}\\.' || $1 || '$')",
    [as],
  );
  return new Set(rows.map(({ name }) => name));
}

/** Those of some segments, all of them in pg_wal still, that the archive lacks or has with another content. */
export async function lackedOf(
  archive: Archive,
  server: Postgres,
  segments: Iterable<string>,
): Promise<readonly string[]> {
  const lacked: string[] = [];
  for (const segment of segments) if (!(await archive.holds(segment, server))) lacked.push(segment);
  return lacked;
}

/** Waits until the archive holds segments, byte for byte. */
export async function arrival(
  { signal }: Pick<Scene, 'signal'>,
  archive: Archive,
  server: Postgres,
  segments: readonly string[],
  limitMs: number,
): Promise<{ readonly lacking: readonly string[]; readonly tookMs: number }> {
  const began = performance.now();
  let lacking = segments;
  await until(
    async () => {
      lacking = await lackedOf(archive, server, lacking);
      return lacking.length === 0;
    },
    limitMs,
    signal,
  );
  return { lacking, tookMs: performance.now() - began };
}
