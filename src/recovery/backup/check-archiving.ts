import type { Archive } from '../../cluster/archive.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import { until } from '../../cluster/until.ts';

/** Ends a segment with something in it and looks for it in the archive: what the server itself says of archiving is not asked. */
export async function checkArchiving(
  archive: Archive,
  server: Postgres,
  limitMs: number,
): Promise<readonly string[]> {
  const client = await server.connect({ statementMs: limitMs });
  try {
    await client.query(`SELECT pg_logical_emit_message(true, 'pgattest', 'check')`);
    const { rows } = await client.query<{ segment: string }>(
      'SELECT pg_walfile_name(pg_switch_wal()) AS segment',
    );
    const segment = rows[0]?.segment ?? '';
    if (await until(() => archive.holds(segment, server), limitMs)) return [];
    return [`the archive has no ${segment}, or not the same, ${limitMs} ms after it ended`];
  } finally {
    await client.end();
  }
}
