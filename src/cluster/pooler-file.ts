import { type Ini, parseConnection } from '../parsers/ini.ts';
import type { Place } from './host.ts';
import type { ServerTls } from './tls.ts';

/** One entry of [databases]: what clients ask for, and the servers behind it. */
export interface PoolerEntry {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly port: number;
  readonly database: string;
}

export interface PoolerFileInput {
  /** The design's own file, when it has one. */
  readonly design: Ini | undefined;
  /** What holds where the design's file does not say. */
  readonly promised: {
    readonly mode: 'transaction' | 'session' | 'statement';
    readonly maxClients: number;
    readonly poolSize: number;
  };
  readonly entries: readonly PoolerEntry[];
  readonly place: Pick<Place, 'listen' | 'port'>;
  readonly folder: string;
  readonly adminUser: string;
  readonly authUser: string;
  readonly tls: ServerTls | undefined;
}

/** Places, accounts, certificates and the log are the harness's, whatever a design says. */
const harness =
  /^(?:listen_\w+|unix_socket_\w+|auth_\w+|admin_users|stats_users|logfile|pidfile|\w+_tls_\w+|syslog\w*|user|service_name|job_name|resolv_conf|so_reuseport|verbose)$/;

/**
 * PgBouncer's own are minutes and fifteen seconds: together they decide how soon clients learn that a server is gone, so they
 * are said and not left to the version.
 */
const explicit = {
  query_wait_timeout: '30',
  server_login_retry: '1',
  // A server that starts again may have another address, and its old one may be another's.
  dns_max_ttl: '1',
  dns_nxdomain_ttl: '1',
} as const;

/** A pgbouncer.ini: the design's values, with the places of this cluster. */
export function poolerFile(input: PoolerFileInput): string {
  const { design, promised, tls } = input;
  const own = new Map(
    (design?.entries ?? [])
      .filter(({ section, key }) => section === 'pgbouncer' && !harness.test(key))
      .map(({ key, value }) => [key, value]),
  );
  const general: Record<string, string> = {
    ...explicit,
    pool_mode: promised.mode,
    max_client_conn: String(promised.maxClients),
    default_pool_size: String(promised.poolSize),
    ...Object.fromEntries(own),
    listen_addr: input.place.listen,
    listen_port: String(input.place.port),
    unix_socket_dir: input.folder,
    unix_socket_mode: '0700',
    logfile: '',
    pidfile: '',
    admin_users: input.adminUser,
    stats_users: input.adminUser,
    auth_type: 'scram-sha-256',
    auth_file: `${input.folder}/userlist.txt`,
    auth_user: input.authUser,
    auth_query: 'SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename = $1',
    ...(tls === undefined
      ? {}
      : {
          client_tls_sslmode: 'require',
          client_tls_cert_file: tls.certificate,
          client_tls_key_file: tls.key,
          // Not verify-full: PgBouncer compares the name in the certificate with the whole list of hosts.
          server_tls_sslmode: 'verify-ca',
          server_tls_ca_file: tls.authority,
        }),
  };
  const sections = [
    '[databases]',
    ...input.entries.map((entry) => `${quotedKey(entry.name)} = ${connection(entry, design)}`),
    '',
    ...usersSection(design),
    '[pgbouncer]',
    ...Object.entries(general).map(([key, value]) => `${key} = ${value}`),
  ];
  return `${sections.join('\n')}\n`;
}

/** What the design says of the same entry, but for where it is: sizes and modes. */
function connection(entry: PoolerEntry, design: Ini | undefined): string {
  const said = parseConnection(design?.value('databases', entry.name) ?? '') ?? new Map<string, string>();
  const kept = [...said].filter(([key]) =>
    /^(?:pool_size|min_pool_size|reserve_pool\w*|pool_mode|max_db_connections)$/.test(key),
  );
  return [
    `host=${entry.hosts.join(',')}`,
    `port=${entry.port}`,
    `dbname=${entry.database}`,
    ...kept.map(([key, value]) => `${key}=${value}`),
  ].join(' ');
}

function usersSection(design: Ini | undefined): readonly string[] {
  const users = (design?.entries ?? []).filter(({ section }) => section === 'users');
  return users.length === 0
    ? []
    : ['[users]', ...users.map(({ key, value }) => `${quotedKey(key)} = ${value}`), ''];
}

function quotedKey(name: string): string {
  return /^[A-Za-z_][\w.-]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
