import type { Postgres } from '../../cluster/postgres.ts';
import type { Seen } from '../model.ts';
import { seeStructures } from './amcheck.ts';
import { seeOrphans } from './orphans.ts';
import { seePages } from './pages.ts';
import { seeSequences } from './sequences.ts';

/**
 * Looks through a recovered database for what a good look at single rows does not find: every page of every relation against its checksum,
 * every table and every B-tree by amcheck (each row of the table is in the index too), every foreign key, every sequence. One sighting for
 * each way when all is well, and one for each object that is not. Reads everything once or twice; leaves nothing. Throws ClusterError
 * `not-able` where the installation has no amcheck or pg_prewarm.
 */
export async function inspect(server: Postgres, database: string): Promise<Seen[]> {
  const client = await server.connect({ database, applicationName: 'pgattest inspection' });
  try {
    return [
      ...(await seePages(client)),
      ...(await seeStructures(client)),
      ...(await seeOrphans(client)),
      ...(await seeSequences(client)),
    ];
  } finally {
    await client.end();
  }
}
