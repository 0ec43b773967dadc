import type { Postgres } from '../../../cluster/postgres.ts';
import { statementMs } from '../../../cluster/server.ts';
import { until } from '../../../cluster/until.ts';
import type { Scene, Seen } from '../../model.ts';

export interface ArchivedUpTo {
  /** The segment that holds the sentinel; all before it hold what was committed before. */
  readonly segment: string;
  readonly seen: Seen;
}

/**
 * Commits a sentinel, ends the segment that it is in, and waits until the archive has that: without a commit after it a moment is
 * not reached ("recovery ended before configured recovery target was reached").
 */
export async function archiveUpToNow(
  scene: Scene,
  server: Postgres = scene.cluster.primary,
): Promise<ArchivedUpTo> {
  const limitMs = scene.hurried ? 3_000 : 20_000;
  const segment = await endSegment(server);
  const { archive } = scene.topology.ground;
  const began = performance.now();
  const there = await until(
    async () => (await archive?.holds(segment, server)) === true,
    limitMs,
    scene.signal,
  );
  const took = (performance.now() - began).toFixed(0);
  return {
    segment,
    seen: {
      subject: 'archive',
      way: `the segment that ended after a sentinel commit on ${server.service.name}`,
      statement: "SELECT pg_logical_emit_message(true, 'pgattest', 'sentinel'); SELECT pg_switch_wal()",
      expected: `${segment} in the archive within ${limitMs} ms, byte for byte`,
      actual: there ? `there after ${took} ms` : `not there, or not the same, after ${took} ms`,
      agrees: there,
      object: 'archive_command',
    },
  };
}

async function endSegment(server: Postgres): Promise<string> {
  const client = await server.connect({ statementMs });
  try {
    await client.query("SELECT pg_logical_emit_message(true, 'pgattest', 'sentinel')");
    const { rows } = await client.query<{ segment: string }>(
      'SELECT pg_walfile_name(pg_switch_wal()) AS segment',
    );
    return rows[0]?.segment ?? '';
  } finally {
    await client.end();
  }
}
