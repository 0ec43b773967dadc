import { randomBytes } from 'node:crypto';
import path from 'node:path';
import pg from 'pg';
import { answering } from './answering.ts';
import type { Binaries } from './binaries.ts';
import { ClusterError } from './error.ts';
import type { Address, Host, Place, Service } from './host.ts';
import { type ConnectOptions, connectMs, type Server, sessionOptions } from './server.ts';
import { startError } from './server-log.ts';
import { type ServerTls, tlsOnly, tlsSettings } from './tls.ts';
import { until } from './until.ts';

export interface PostgresOptions {
  /** For postgresql.conf; see scaleSettings. */
  readonly settings: Readonly<Record<string, string>>;
  /** Names the server, its data folder and its log on the host. Default `primary`. */
  readonly name?: string;
  /** A private folder of the server's account. */
  readonly socketFolder: string;
  /** Makes an empty data folder of this name. */
  readonly makeData: (name: string) => Promise<string>;
  /** How to get in as the superuser where the socket is out of reach. */
  readonly superuser?: Superuser;
  readonly signal?: AbortSignal;
  /** How long it may take until it answers. Default 60 s. */
  readonly limitMs?: number;
  /** With it connections over TCP need TLS, and nothing plain is let in. */
  readonly tls?: ServerTls;
}

/** The superuser over TCP: a password, and the certificate of the authority (PEM) that the server's must be of. */
export interface Superuser {
  readonly password: string;
  readonly ca: string;
}

export interface LaunchOptions {
  readonly name: string;
  readonly data: string;
  readonly socketFolder: string;
  readonly superuser?: Superuser | undefined;
  /** Default: one of the host's, with a port that is free. A given one is not changed when it is taken. */
  readonly place?: Place | undefined;
  /** Tells servers of one port apart; see PlaceWish. */
  readonly index?: number;
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
  /** More of its environment: a clock of the host. */
  readonly env?: Readonly<Record<string, string>>;
}

const portAttempts = 5;

/**
 * Starts a PostgreSQL of its own on a host. Throws ClusterError with the server's own words when it does not come up;
 * an aborted signal throws its reason. Either way nothing of it runs on.
 */
export async function startPostgres(
  host: Host,
  binaries: Binaries,
  options: PostgresOptions,
): Promise<Postgres> {
  const { signal, socketFolder, name = 'primary' } = options;
  const data = await options.makeData(name);
  const conf = path.join(data, 'postgresql.conf');
  const settings = { ...options.settings, ...(options.tls === undefined ? {} : tlsSettings(options.tls)) };
  await host.writeFile(conf, `${await host.readFile(conf)}\n${configuration(settings)}`);
  if (options.tls !== undefined) await host.writeFile(path.join(data, 'pg_hba.conf'), tlsOnly(host.range));
  return launchPostgres(host, binaries, {
    name,
    data,
    socketFolder,
    superuser: options.superuser,
    ...(signal === undefined ? {} : { signal }),
    ...(options.limitMs === undefined ? {} : { limitMs: options.limitMs }),
  });
}

/** Starts a server on a data folder that is there: a new one, a copy of another's, or one that was stopped. */
export async function launchPostgres(
  host: Host,
  binaries: Binaries,
  options: LaunchOptions,
): Promise<Postgres> {
  const { name, data, socketFolder, signal, superuser, index = 0 } = options;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const place = options.place ?? (await host.place(name, { port: 5432, index }));
    // A log for each attempt: what a failed one said must not be taken for the words of the next.
    const log = `${name}-${Date.now().toString(36)}-${attempt}.log`;
    const service = await host.start(command(binaries, name, data, socketFolder, place), {
      name,
      log,
      stop: 'SIGQUIT',
      place,
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    const server = new Postgres(service, { data, socketFolder, place, superuser }, binaries);
    try {
      await ready(server, options.limitMs ?? 60_000, signal);
      return server;
    } catch (error) {
      await service.kill();
      const taken = error instanceof ClusterError && error.code === 'port-taken';
      if (!taken || options.place !== undefined || !place.changes || attempt === portAttempts) throw error;
    }
  }
}

/**
 * Starts a server that has ended, or was killed, on its files and at its place. Throws ClusterError with the server's own words when it
 * does not come up.
 */
export function relaunchPostgres(
  host: Host,
  server: Postgres,
  options: Pick<LaunchOptions, 'signal' | 'limitMs' | 'env'> = {},
): Promise<Postgres> {
  const { service, binaries, data, socketFolder, place, superuser } = server;
  const seat: Seat = { data, socketFolder, place, superuser };
  return launchPostgres(host, binaries, { name: service.name, ...seat, ...options });
}

/** Where a server keeps its files and listens, and how the superuser gets in. */
export interface Seat {
  readonly data: string;
  readonly socketFolder: string;
  readonly place: Place;
  readonly superuser: Superuser | undefined;
}

/**
 * A running server. Superuser connections go over the private socket, which asks for no password, or, where that is out of reach,
 * over TCP with one.
 */
export class Postgres implements Server {
  readonly service: Service;
  readonly data: string;
  readonly socketFolder: string;
  /** Where it listens, and how the other services reach it. */
  readonly place: Place;
  /** Where this program reaches it: roles with a password, by scram-sha-256. */
  readonly tcp: Address;
  /** `15.18 (Debian 15.18-0+deb12u1)`. */
  readonly version: string;
  readonly binaries: Binaries;
  /** How its superuser gets in over TCP, which is the same in every copy of it; undefined where the socket is at hand. */
  readonly superuser: Superuser | undefined;
  readonly #clients = new Set<pg.Client>();
  #stopping: Promise<void> | undefined;

  constructor(service: Service, seat: Seat, binaries: Binaries) {
    this.service = service;
    this.data = seat.data;
    this.socketFolder = seat.socketFolder;
    this.place = seat.place;
    this.tcp = service.address ?? seat.place;
    this.superuser = seat.superuser;
    this.version = binaries.version;
    this.binaries = binaries;
  }

  /**
   * Connects as the superuser. A connection that is lost fails the query in flight and the ones to come, and nothing
   * else. Rejects with what the server or the socket said.
   * @param limitMs how long this program waits, for being let in and for each answer, whatever the server does. Default: 15 s, for
   * being let in alone
   */
  async connect({
    database = 'postgres',
    applicationName = 'pgattest',
    statementMs,
    limitMs,
  }: ConnectOptions & { readonly limitMs?: number } = {}): Promise<pg.Client> {
    const client = new pg.Client({
      ...this.#entry(),
      user: 'postgres',
      database,
      application_name: applicationName,
      connectionTimeoutMillis: limitMs ?? connectMs,
      ...(limitMs === undefined ? {} : { query_timeout: limitMs }),
      options: sessionOptions({ statementMs }),
    });
    // Without a listener node ends the program when the server goes away.
    client.on('error', () => {});
    client.once('end', () => this.#clients.delete(client));
    await client.connect();
    this.#clients.add(client);
    return client;
  }

  #entry(): Pick<pg.ClientConfig, 'host' | 'port' | 'password' | 'ssl'> {
    if (this.superuser === undefined) return { host: this.socketFolder, port: this.place.port, ssl: false };
    const { password, ca } = this.superuser;
    return { ...this.tcp, password, ssl: { ca } };
  }

  /** Makes a database, as a copy of `template` when given; nobody may be connected to that. */
  async createDatabase(name: string, template = 'template1'): Promise<void> {
    await this.#administer(
      `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)}`,
    );
  }

  async copyDatabase(template: string): Promise<string> {
    const name = `${template.slice(0, 40)}_${randomBytes(4).toString('hex')}`;
    await this.createDatabase(name, template);
    return name;
  }

  /** Drops a database and throws out who is connected to it; none of that name is fine. */
  async dropDatabase(name: string): Promise<void> {
    await this.#administer(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
  }

  /** Stops the server in order, with a checkpoint and its clients thrown out, or by force after `limitMs`. */
  stop(limitMs = 10_000): Promise<void> {
    this.#stopping ??= this.#stop(limitMs);
    return this.#stopping;
  }

  async #stop(limitMs: number): Promise<void> {
    let stopped = false;
    void this.service.exited.then(() => {
      stopped = true;
    });
    await this.service.thaw();
    this.service.signal('SIGINT');
    if (!(await until(() => stopped, limitMs))) await this.service.kill();
    await Promise.allSettled([...this.#clients].map((client) => client.end()));
  }

  async #administer(statement: string): Promise<void> {
    const client = await this.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }
}

function command(
  binaries: Binaries,
  name: string,
  data: string,
  socketFolder: string,
  { listen, port }: Place,
): readonly string[] {
  const given = {
    port,
    listen_addresses: listen,
    // In the list of processes, and for whoever asks behind a pooler who answers.
    cluster_name: name,
    // A list: commas and quotes of a path would be read as its syntax.
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    logging_collector: 'off',
    log_destination: 'stderr',
  };
  const parameters = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return [path.join(binaries.bin, 'postgres'), '-D', data, ...parameters];
}

/** Lines for postgresql.conf. Throws ClusterError for what cannot be a setting. */
export function configuration(settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([name, value]) => {
    if (!/^[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)*$/i.test(name) || /[\n\r\0]/.test(value)) {
      throw new ClusterError(
        'bad-setting',
        `${JSON.stringify(name)} cannot be a setting`,
        'correct postgres.settings of the design',
      );
    }
    return `${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  });
  return `# The design's settings, scaled to this machine by pgattest.\n${lines.join('\n')}\n`;
}

/** Waits until the server lets a client in, or has ended, whichever is first. */
async function ready(server: Postgres, limitMs: number, signal: AbortSignal | undefined): Promise<void> {
  const ask = async () => (await server.connect()).end();
  const found = await answering(server.service, ask, limitMs, signal);
  if (found.state === 'answers') return;
  const what = `${server.binaries.source} PostgreSQL ${server.version} did not start`;
  if (found.state === 'ended') throw startError(what, await server.service.log());
  throw new ClusterError(
    'timeout',
    `${what} within ${limitMs} ms: ${found.last instanceof Error ? found.last.message : found.last}`,
    '',
    {
      cause: found.last,
      log: (await server.service.log()).trim().split('\n').slice(-20),
    },
  );
}
