import type { Host } from '../cluster/host.ts';
import { type Postgres, relaunchPostgres } from '../cluster/postgres.ts';

/**
 * Stops a server in order, does work on its files, and starts it at its place. Throws what the work throws, and ClusterError with the
 * server's own words when it does not come up; it is down then.
 */
export async function whileStopped(
  host: Host,
  server: Postgres,
  work: () => Promise<void>,
  options: Parameters<typeof relaunchPostgres>[2] = {},
): Promise<Postgres> {
  await server.stop();
  // Of a container this takes away what is left of it: its name and place are needed.
  await server.service.kill();
  await work();
  return relaunchPostgres(host, server, options);
}
