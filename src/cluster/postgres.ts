import path from 'node:path';
import pg from 'pg';
import type { Binaries } from './binaries.ts';
import { ClusterError } from './error.ts';
import type { Host, Service } from './host.ts';
import { makeDataFolder } from './initdb.ts';
import type { Machine } from './machine.ts';
import { startError } from './server-log.ts';
import { makeSocketFolder } from './socket-folder.ts';
import { type ServerTls, tlsOnly, tlsSettings } from './tls.ts';
import { until } from './until.ts';

export interface PostgresOptions {
  readonly machine: Machine;
  /** For postgresql.conf; see scaleSettings. */
  readonly settings: Readonly<Record<string, string>>;
  /** Names the server, its data folder and its log on the host. Default `primary`. */
  readonly name?: string;
  /** A private folder of the server's account. Default: one below the host's folder. */
  readonly socketFolder?: string;
  readonly signal?: AbortSignal;
  /** How long it may take until it answers. Default 60 s. */
  readonly limitMs?: number;
  /** With it connections over TCP need TLS, and nothing plain is let in. */
  readonly tls?: ServerTls;
}

export interface LaunchOptions {
  readonly name: string;
  readonly data: string;
  readonly socketFolder: string;
  /** On the loopback. Default 127.0.0.1. */
  readonly address?: string;
  /** Default: one that is free. A given one is not changed when it is taken. */
  readonly port?: number;
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
}

export interface ConnectOptions {
  /** Default `postgres`. */
  readonly database?: string;
  readonly applicationName?: string;
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
  const { machine, signal, name = 'primary' } = options;
  const socketFolder = options.socketFolder ?? (await makeSocketFolder(host, 's', machine.platform));
  const data = await makeDataFolder(host, binaries, name, machine, signal);
  const conf = path.join(data, 'postgresql.conf');
  const settings = { ...options.settings, ...(options.tls === undefined ? {} : tlsSettings(options.tls)) };
  await host.writeFile(conf, `${await host.readFile(conf)}\n${configuration(settings)}`);
  if (options.tls !== undefined) await host.writeFile(path.join(data, 'pg_hba.conf'), tlsOnly);
  return launchPostgres(host, binaries, {
    name,
    data,
    socketFolder,
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
  const { name, data, socketFolder, signal, address = '127.0.0.1' } = options;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const port = options.port ?? (await host.port());
    // A log for each attempt: what a failed one said must not be taken for the words of the next.
    const log = `${name}-${Date.now().toString(36)}-${attempt}.log`;
    const service = await host.start(command(binaries, data, socketFolder, address, port), {
      name,
      log,
      stop: 'SIGQUIT',
    });
    const server = new Postgres(service, { data, socketFolder, host: address, port }, binaries);
    try {
      await ready(server, options.limitMs ?? 60_000, signal);
      return server;
    } catch (error) {
      await service.kill();
      const taken = error instanceof ClusterError && error.code === 'port-taken';
      if (!taken || options.port !== undefined || attempt === portAttempts) throw error;
    }
  }
}

/** Where a server keeps its files and listens. */
export interface Place {
  readonly data: string;
  readonly socketFolder: string;
  readonly host: string;
  readonly port: number;
}

/** A running server. Superuser connections go over the private socket, which asks for no password. */
export class Postgres {
  readonly service: Service;
  readonly data: string;
  readonly socketFolder: string;
  readonly port: number;
  /** For clients that need an address: roles with a password, by scram-sha-256. */
  readonly tcp: { readonly host: string; readonly port: number };
  /** `15.18 (Debian 15.18-0+deb12u1)`. */
  readonly version: string;
  readonly binaries: Binaries;
  readonly #clients = new Set<pg.Client>();
  #stopping: Promise<void> | undefined;

  constructor(service: Service, place: Place, binaries: Binaries) {
    this.service = service;
    this.data = place.data;
    this.socketFolder = place.socketFolder;
    this.port = place.port;
    this.tcp = { host: place.host, port: place.port };
    this.version = binaries.version;
    this.binaries = binaries;
  }

  /**
   * Connects as the superuser. A connection that is lost fails the query in flight and the ones to come, and nothing
   * else. Rejects with what the server or the socket said.
   */
  async connect({
    database = 'postgres',
    applicationName = 'pgattest',
  }: ConnectOptions = {}): Promise<pg.Client> {
    const client = new pg.Client({
      host: this.socketFolder,
      port: this.port,
      user: 'postgres',
      database,
      application_name: applicationName,
      ssl: false,
      // Given, so that PGOPTIONS of the caller's environment does not get in.
      options: '-c TimeZone=UTC',
    });
    // Without a listener node ends the program when the server goes away.
    client.on('error', () => {});
    client.once('end', () => this.#clients.delete(client));
    await client.connect();
    this.#clients.add(client);
    return client;
  }

  /** Makes a database, as a copy of `template` when given; nobody may be connected to that. */
  async createDatabase(name: string, template = 'template1'): Promise<void> {
    await this.#administer(
      `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)}`,
    );
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
  data: string,
  socketFolder: string,
  address: string,
  port: number,
): readonly string[] {
  const given = {
    port,
    listen_addresses: address,
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
  let ended = false;
  void server.service.exited.then(() => {
    ended = true;
  });
  let last: unknown;
  const answers = async () => {
    if (ended) return true;
    try {
      await (await server.connect()).end();
      return true;
    } catch (error) {
      last = error;
      return false;
    }
  };
  const up = await until(answers, limitMs, signal);
  if (up && !ended) return;
  const what = `${server.binaries.source} PostgreSQL ${server.version} did not start`;
  if (ended) throw startError(what, await server.service.log());
  throw new ClusterError(
    'timeout',
    `${what} within ${limitMs} ms: ${last instanceof Error ? last.message : last}`,
    '',
    {
      cause: last,
      log: (await server.service.log()).trim().split('\n').slice(-20),
    },
  );
}
