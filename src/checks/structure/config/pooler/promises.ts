import { z } from 'zod';
import type { ValidDesign } from '../../../../design/validate.ts';
import type { Fault } from '../../../../faults/fault.ts';
import { faults } from '../../../../faults/index.ts';
import { type Ini, parseConnection } from '../../../../parsers/ini.ts';
import { serverConnections } from './server-connections.ts';

export const parameters = z.strictObject({
  kind: z.string(),
  file: z.string(),
  mode: z.enum(['transaction', 'session', 'statement']).optional(),
  /** max_client_conn at least. */
  clients: z.int().positive().optional(),
  /** Connections to one server at most; `max_connections` leaves those of superusers out. */
  serverConnections: z
    .strictObject({ atMost: z.union([z.literal('max_connections'), z.int().positive()]) })
    .optional(),
  auth: z.string().optional(),
  databases: z.array(z.string()).optional(),
  noResetQueryInTransactionMode: z.boolean().optional(),
});
export type Parameters = z.infer<typeof parameters>;

/** One thing that the file must say. */
export interface Promised {
  readonly key: string;
  readonly expected: string;
  readonly actual: string;
  readonly agrees: boolean;
  /** What would break it. */
  readonly fault: Fault;
}

/** PgBouncer's own value where the file gives none. */
const defaults: Readonly<Record<string, string>> = {
  pool_mode: 'session',
  max_client_conn: '100',
  auth_type: 'md5',
  server_reset_query_always: '0',
};

/** All that the claim expects of the file, with what it says. */
export function promises(ini: Ini, given: Parameters, design: ValidDesign): readonly Promised[] {
  const value = (key: string) => ini.value('pgbouncer', key) ?? defaults[key] ?? '';
  const changed = (key: string, to: string | null) => faults['ini-changed'](given.file, 'pgbouncer', key, to);
  const same = (key: string, expected: string, other: string): Promised => ({
    key,
    expected,
    actual: value(key),
    agrees: value(key).toLowerCase() === expected,
    fault: changed(key, other),
  });
  const { mode, clients, auth, databases = [] } = given;
  return [
    ...(mode === undefined ? [] : [same('pool_mode', mode, mode === 'session' ? 'transaction' : 'session')]),
    ...(mode === undefined ? [] : otherModes(ini, mode, given.file)),
    ...(clients === undefined
      ? []
      : [
          {
            key: 'max_client_conn',
            expected: `at least ${clients}`,
            actual: value('max_client_conn'),
            agrees: Number(value('max_client_conn')) >= clients,
            fault: changed('max_client_conn', String(Math.floor(clients / 10))),
          },
        ]),
    ...(auth === undefined ? [] : [same('auth_type', auth.toLowerCase(), auth === 'md5' ? 'trust' : 'md5')]),
    ...databases.map((name) => ({
      key: `database ${name}`,
      expected: 'listed in [databases]',
      actual: ini.value('databases', name) === undefined ? 'not listed' : 'listed in [databases]',
      agrees: ini.value('databases', name) !== undefined,
      fault: faults['ini-changed'](given.file, 'databases', name, null),
    })),
    ...(given.serverConnections === undefined
      ? []
      : fitting(ini, given, given.serverConnections.atMost, design)),
    ...(given.noResetQueryInTransactionMode === true ? [withoutReset(ini, given.file, value)] : []),
  ];
}

/** A database may have a mode of its own. */
function otherModes(ini: Ini, mode: string, file: string): readonly Promised[] {
  return ini.entries.flatMap(({ section, key, value }) => {
    const own = section === 'databases' ? parseConnection(value)?.get('pool_mode') : undefined;
    if (own === undefined) return [];
    const other = value.replace(
      /pool_mode\s*=\s*\S+/,
      `pool_mode=${mode === 'session' ? 'transaction' : 'session'}`,
    );
    return [
      {
        key: `pool_mode of database ${key}`,
        expected: mode,
        actual: own,
        agrees: own.toLowerCase() === mode,
        fault: faults['ini-changed'](file, 'databases', key, other),
      },
    ];
  });
}

/** WAL senders have places of their own since PostgreSQL 12; only those of superusers are taken away. */
function fitting(
  ini: Ini,
  { file }: Parameters,
  atMost: 'max_connections' | number,
  { postgres: { settings } }: ValidDesign,
): readonly Promised[] {
  const reserved = Number(settings.superuser_reserved_connections ?? 3);
  const limit = atMost === 'max_connections' ? Number(settings.max_connections ?? 100) - reserved : atMost;
  const words =
    atMost === 'max_connections'
      ? `at most ${limit}: max_connections less ${reserved} for superusers`
      : `at most ${limit}`;
  // What a database says of itself goes before the general values, so that is where the pool grows.
  const some = ini.entries.find(({ section }) => section === 'databases');
  const grown = `${some?.value ?? ''} pool_size=${limit + 1} max_db_connections=0`;
  const fault = faults['ini-changed'](file, 'databases', some?.key ?? 'any', grown);
  const [first, ...rest] = serverConnections(ini);
  if (first === undefined) {
    return [{ key: 'connections', expected: words, actual: 'no database', agrees: false, fault }];
  }
  return [first, ...rest].map(({ server, count, says }) => ({
    key: `connections to ${server}`,
    expected: words,
    actual: `${count}: ${says}`,
    agrees: count <= limit,
    fault,
  }));
}

/** In transaction mode the query is not run, or with `always` it costs a round trip for nothing. */
function withoutReset(ini: Ini, file: string, value: (key: string) => string): Promised {
  const query = ini.value('pgbouncer', 'server_reset_query') ?? '';
  const always = Number(value('server_reset_query_always')) > 0;
  const inTransactions = value('pool_mode').toLowerCase() === 'transaction';
  return {
    key: 'server_reset_query',
    expected: 'none in transaction mode, where it is not run',
    actual: always ? 'run after each transaction: server_reset_query_always' : query === '' ? 'none' : query,
    agrees: !inTransactions || (query === '' && !always),
    fault: faults['ini-changed'](file, 'pgbouncer', 'server_reset_query', 'DISCARD ALL'),
  };
}
