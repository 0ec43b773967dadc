import path from 'node:path';
import { ClusterError } from './error.ts';
import type { Host } from './host.ts';
import type { Postgres } from './postgres.ts';

/** What belongs to the running server and not to its data; pg_basebackup leaves out the same. */
const leftOut = [
  'postmaster.pid',
  'postmaster.opts',
  'pg_internal.init',
  'pgsql_tmp*',
  'backup_label',
  'backup_label.old',
  'tablespace_map',
  'standby.signal',
  'recovery.signal',
  'pg_wal/*',
  'pg_replslot/*',
  'pg_dynshmem/*',
  'pg_notify/*',
  'pg_serial/*',
  'pg_snapshots/*',
  'pg_stat_tmp/*',
  'pg_subtrans/*',
] as const;

/** Between these the WAL is needed to start the copy. */
export interface BaseCopy {
  readonly startSegment: string;
  readonly stopSegment: string;
  readonly stopLsn: string;
  /** The server's clock at the end, in ISO 8601 with microseconds. */
  readonly at: string;
}

/**
 * Copies the data folder of a running server, by its low-level backup functions: it works with every installation, also where
 * pg_basebackup is not. The copy can be started once the WAL since its beginning is at hand: of a slot, or of an archive.
 */
export async function copyBase(
  host: Host,
  server: Postgres,
  target: string,
  signal?: AbortSignal,
): Promise<BaseCopy> {
  await host.makeFolder(target);
  // The backup ends when its connection does: one connection for both calls.
  const client = await server.connect({ applicationName: 'pgattest base copy' });
  try {
    await client.query("SELECT pg_backup_start('pgattest', true)");
    const exclude = leftOut.map((pattern) => `--exclude=./${pattern}`);
    // One that was killed ends its archive between two files, and the other takes it for whole.
    const read = `tar -C ${quoted(server.data)} ${exclude.map(quoted).join(' ')} -cf - . || { s=$?; [ $s -lt 128 ] || echo "tar was killed ($s)" >&2; }`;
    const copy = `{ ${read}; } | tar -C ${quoted(target)} -xf -`;
    const result = await host.exec(['sh', '-c', copy], signal === undefined ? {} : { signal });
    // Files come and go under a running server, and recovery makes good for it.
    const fatal = result.stderr
      .split('\n')
      .filter(
        (line) =>
          line !== '' &&
          !/file changed as we read it|File removed before we read it|No such file or directory|Exiting with failure status/i.test(
            line,
          ),
      );
    if (fatal.length > 0 || result.exitCode !== 0) {
      throw new ClusterError(
        'start-failed',
        `copying ${server.data}: ${fatal[0] ?? `tar ended with ${result.exitCode}`}`,
        'free some space or set TMPDIR',
      );
    }
    const { rows } = await client.query<StopRow>(stopStatement);
    const label = rows[0];
    if (label === undefined) throw new ClusterError('start-failed', 'pg_backup_stop gave no label', '');
    await host.writeFile(path.join(target, 'backup_label'), label.labelfile);
    if (label.spcmapfile.trim() !== '') {
      await host.writeFile(path.join(target, 'tablespace_map'), label.spcmapfile);
    }
    const startSegment = /\(file ([0-9A-F]{24})\)/.exec(label.labelfile)?.[1] ?? '';
    return { startSegment, stopSegment: label.segment, stopLsn: label.lsn, at: label.at };
  } finally {
    await client.end();
  }
}

interface StopRow {
  readonly labelfile: string;
  readonly spcmapfile: string;
  readonly lsn: string;
  readonly segment: string;
  readonly at: string;
}

const stopStatement = `SELECT labelfile, spcmapfile, lsn::text, pg_walfile_name(lsn) AS segment,
  to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at FROM pg_backup_stop(false)`;

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
