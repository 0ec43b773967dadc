import pg from 'pg';
import { ClusterError } from '../error.ts';
import { connectMs } from '../server.ts';

/** What a URL, the environment and the password file say of a database, put together. */
export interface DatabaseAddress {
  readonly database: string;
  readonly user: string;
  /** `user@host:5432/database`: fit for evidence and logs. */
  readonly shown: string;
  /** A client that is not connected. */
  client(options: ClientOptions): pg.Client;
  /** What the server or the socket said, without the password, should it be in there. */
  said(error: unknown): string;
}

export interface ClientOptions {
  readonly applicationName: string;
  /** Default: the one of the address. */
  readonly database?: string;
  /** `-c name=value`, behind those of the address. */
  readonly options?: string;
}

/** The resolved parts that pg keeps to itself. */
interface Parameters {
  readonly user?: string;
  readonly host: string;
  readonly port: number;
  readonly database?: string;
  password?: string | null;
  readonly ssl: pg.ClientConfig['ssl'];
  readonly sslnegotiation?: string;
  readonly options?: string;
}

export function isDatabaseUrl(text: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(text);
}

/**
 * Reads a URL as pg does: what it leaves open comes from PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD, PGSSLMODE and PGOPTIONS, the
 * password from the password file too. Throws ClusterError when it is none.
 */
export function readAddress(url: string): DatabaseAddress {
  const read = parametersOf(url);
  const { host, port, ssl, sslnegotiation } = read;
  const user = read.user ?? '';
  const database = read.database ?? user;
  let password = read.password ?? undefined;
  return {
    database,
    user,
    shown: `${user}@${host}${host.startsWith('/') ? '' : `:${port}`}/${database}`,
    client: ({ applicationName, database: other = database, options = '' }) => {
      const client = new pg.Client({
        host,
        port,
        user,
        database: other,
        ...(password === undefined ? {} : { password }),
        ...(ssl === undefined ? {} : { ssl }),
        ...(sslnegotiation === undefined ? {} : { sslnegotiation }),
        application_name: applicationName,
        options: [read.options, options].filter((part) => part !== undefined && part !== '').join(' '),
        connectionTimeoutMillis: connectMs,
        keepAlive: true,
      } as pg.ClientConfig);
      // Without a listener node ends the program when the server goes away.
      client.on('error', () => {});
      client.once('connect', () => {
        // The password file names databases: what it gave for the first is good for copies of it.
        if (typeof client.password === 'string') password = client.password;
      });
      return client;
    },
    said: (error) => withoutPassword(messageOf(error), password),
  };
}

function parametersOf(url: string): Parameters {
  try {
    const { connectionParameters } = new pg.Client({ connectionString: url }) as pg.Client & {
      readonly connectionParameters: Parameters;
    };
    return connectionParameters;
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (path !== undefined) {
      throw new ClusterError(
        'connect-failed',
        `the URL of the database names ${path}, which cannot be read (${code})`,
        'correct sslrootcert, sslcert or sslkey',
      );
    }
    // What could not be read may hold a password; none of it is repeated.
    throw new ClusterError(
      'connect-failed',
      'the URL of the database is none that can be read',
      'postgres://user@host:5432/database, with special characters percent-encoded',
    );
  }
}

function messageOf(error: unknown): string {
  const { message, errors, code } = error as Error & {
    readonly errors?: readonly Error[];
    readonly code?: string;
  };
  return (
    [message, errors?.[0]?.message, code].find((text) => text !== undefined && text !== '') ?? 'it fails'
  );
}

function withoutPassword(text: string, password: string | undefined): string {
  return password === undefined || password === '' ? text : text.replaceAll(password, '***');
}
