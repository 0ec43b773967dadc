import type { Cluster } from '../cluster.ts';
import type { Endpoint, Kept, KeptServer } from './kept.ts';
import type { Logins } from './logins.ts';

/** The servers of a cluster, as its record has them. */
export function serversOf({ primary, topology }: Cluster): readonly KeptServer[] {
  const { replicas = [], pooler } = topology ?? {};
  return [
    { name: 'primary', kind: 'primary', ...primary.tcp },
    ...replicas.map(({ name, server }) => ({ name, kind: 'replica' as const, ...server.tcp })),
    ...(pooler === undefined ? [] : [{ name: 'pooler', kind: 'pooler' as const, ...pooler.tcp }]),
  ];
}

/**
 * Ways in: for writers the pooler when there is one; for readers its entry for them, else a replica; for the administrator
 * the primary itself.
 *
 * @param database the design's database on the servers
 */
export function endpointsOf(cluster: Cluster, database: string, logins: Logins): readonly Endpoint[] {
  const { primary, topology } = cluster;
  const { replicas = [], pooler } = topology ?? {};
  const [writer, reader] = pooler?.entries ?? [];
  const direct = { via: 'primary', ...primary.tcp, database };
  const pooled = (entry: { readonly name: string } | undefined) =>
    pooler === undefined || entry === undefined
      ? undefined
      : { via: 'pooler', ...pooler.tcp, database: entry.name };
  const [replica] = replicas;
  const read =
    pooled(reader) ??
    (replica === undefined ? undefined : { via: replica.name, ...replica.server.tcp, database });
  return [
    { role: 'writer', ...(pooled(writer) ?? direct), ...logins.application },
    ...(read === undefined ? [] : [{ role: 'reader' as const, ...read, ...logins.application }]),
    { role: 'admin', ...direct, ...logins.admin },
  ];
}

const mask = '****';

/** A URL that psql and other programs on libpq take as it is. Masked, its password is not in it. */
export function connectionUrl(
  endpoint: Endpoint,
  { authority }: Pick<Kept, 'authority'>,
  masked: boolean,
): string {
  const { user, password, host, port, database } = endpoint;
  const part = encodeURIComponent;
  const secret = masked ? mask : part(password);
  return `postgres://${part(user)}:${secret}@${host}:${port}/${part(database)}?sslmode=verify-full&sslrootcert=${part(authority).replaceAll('%2F', '/')}`;
}
