import type { Cluster } from '../../src/cluster/cluster.ts';
import { until } from '../../src/cluster/until.ts';

const limitMs = 10_000;

/** A commit, until each replica has it and its segment is archived; and the pooler's list of servers. In milliseconds. */
export async function useOnce({ primary, topology }: Cluster): Promise<number> {
  if (topology?.pooler === undefined) throw new Error('no pooler: install PgBouncer');
  const began = performance.now();
  const client = await primary.connect();
  try {
    await client.query('CREATE TABLE bench AS SELECT 1 AS one');
    const { rows } = await client.query<{ segment: string }>(
      'SELECT pg_walfile_name(pg_switch_wal()) AS segment',
    );
    for (const { name, server } of topology.replicas) {
      const reader = await server.connect();
      try {
        const there = await until(async () => {
          const found = await reader.query("SELECT FROM pg_tables WHERE tablename = 'bench'");
          return found.rowCount === 1;
        }, limitMs);
        if (!there) throw new Error(`${name} does not show the commit`);
      } finally {
        await reader.end();
      }
    }
    const segment = rows[0]?.segment ?? '';
    const archived = async () => (await topology.ground.archive?.holds(segment, primary)) === true;
    if (!(await until(archived, limitMs))) throw new Error(`${segment} is not archived`);
    const databases = (await topology.pooler.ask('SHOW DATABASES')).map((row) => row.name);
    if (!databases.includes('bench_ro')) throw new Error('the pooler has no entry for readers');
  } finally {
    await client.end();
  }
  return performance.now() - began;
}
