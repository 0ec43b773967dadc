import { existsSync } from 'node:fs';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Address } from '../../cluster/host.ts';
import type { Pooler } from '../../cluster/pooler.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import type { LoadTarget } from './plan.ts';

interface Way {
  readonly user: string;
  readonly ca: string;
}

/** A server itself: over its socket where that can be reached, else TCP with TLS. */
export async function serverTarget(
  { host }: Pick<Cluster, 'host'>,
  server: Postgres,
  database: string,
  { user, ca }: Way,
  name = 'primary',
): Promise<LoadTarget> {
  const { port } = server.place;
  const folder = await reachableSocket(host, server.socketFolder, port);
  const way =
    folder === undefined ? overTls(server.service.direct ?? server.tcp, ca) : overSocket(folder, port);
  return { name, database, user, prepare: 'named', ...way };
}

/** The entry of the pooler for writers, or another. */
export async function poolerTarget(
  { host }: Pick<Cluster, 'host'>,
  pooler: Pooler,
  { user, ca }: Way,
  entry = pooler.entries[0]?.name ?? '',
): Promise<LoadTarget> {
  const { port, folder } = pooler.socket;
  const reached = await reachableSocket(host, folder, port);
  const way = reached === undefined ? overTls(pooler.direct, ca) : overSocket(reached, port);
  const prepare = keepsPrepared(pooler.version) ? 'named' : 'unnamed';
  return { name: 'pooler', database: entry, user, prepare, ...way };
}

/** Since 1.21 PgBouncer follows prepared statements from client to server connection. */
export function keepsPrepared(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 21);
}

type Leg = Pick<LoadTarget, 'host' | 'port' | 'ca' | 'says'>;

function overSocket(folder: string, port: number): Leg {
  return { host: folder, port, says: 'Unix socket' };
}

function overTls({ host, port }: Address, ca: string): Leg {
  return { host, port, ca, says: 'TCP, TLS' };
}

/** Sockets of containers can be used through their volume, by whoever may look into it. */
async function reachableSocket(
  host: Cluster['host'],
  folder: string,
  port: number,
): Promise<string | undefined> {
  const outside = await host.outside(folder).catch(() => undefined);
  return outside !== undefined && existsSync(`${outside}/.s.PGSQL.${port}`) ? outside : undefined;
}
