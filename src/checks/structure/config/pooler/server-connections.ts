import { type Ini, parseConnection } from '../../../../parsers/ini.ts';

/** Connections that a pooler may open to one server. */
export interface ServerConnections {
  readonly server: string;
  readonly count: number;
  readonly says: string;
}

/**
 * For each server the pools of its databases: pool and reserve, up to the database's limit. A pool belongs to one pair of
 * database and user; one user is reckoned with, unless `max_db_connections` says how many it may be at most.
 */
export function serverConnections(ini: Ini): readonly ServerConnections[] {
  const general = (key: string, byDefault: number) => Number(ini.value('pgbouncer', key) ?? byDefault);
  const servers = new Map<string, { count: number; says: string[] }>();
  for (const { section, key, value } of ini.entries) {
    if (section !== 'databases') continue;
    const own = parseConnection(value) ?? new Map<string, string>();
    const server = `${own.get('host') ?? 'the local socket'}:${own.get('port') ?? '5432'}`;
    const pool = Number(own.get('pool_size') ?? general('default_pool_size', 20));
    const reserve = Number(
      own.get('reserve_pool_size') ?? own.get('reserve_pool') ?? general('reserve_pool_size', 0),
    );
    const limit = Number(own.get('max_db_connections') ?? general('max_db_connections', 0));
    // With several users each has a pool, and the limit is what holds.
    const count = limit > 0 ? limit : pool + reserve;
    const entry = servers.get(server) ?? { count: 0, says: [] };
    entry.count += count;
    entry.says.push(
      `${key} ${limit > 0 ? `max_db_connections ${limit}` : `${pool} + ${reserve} in reserve`}`,
    );
    servers.set(server, entry);
  }
  return [...servers].map(([server, { count, says }]) => ({ server, count, says: says.join(', ') }));
}
