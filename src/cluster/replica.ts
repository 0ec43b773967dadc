import path from 'node:path';
import pg from 'pg';
import { copyBase } from './base-copy.ts';
import { ClusterError } from './error.ts';
import type { Host, Place } from './host.ts';
import {
  configuration,
  launchPostgres,
  type Postgres,
  relaunchPostgres,
  type Superuser,
} from './postgres.ts';
import { isStreaming, makeSlot } from './replication.ts';
import { scramVerifier } from './scram.ts';
import { statementMs } from './server.ts';
import type { ServerTls } from './tls.ts';
import { until } from './until.ts';

/** How replicas log in to their primary. */
export interface ReplicationLogin {
  readonly user: string;
  readonly password: string;
}

export interface ReplicaOptions {
  /** Names the server, its slot and its `application_name`: `replica_1`. */
  readonly name: string;
  /** Replicas that share a port need an address each. */
  readonly index: number;
  readonly place?: Place | undefined;
  readonly socketFolder: string;
  readonly superuser?: Superuser | undefined;
  readonly login: ReplicationLogin;
  readonly tls?: ServerTls;
  readonly signal?: AbortSignal;
}

/**
 * Makes a streaming replica of a primary: a base copy under a slot of its own, and a server that follows. It is back when the
 * replica answers and streams. Throws ClusterError with the server's own words.
 */
export async function startReplica(host: Host, primary: Postgres, options: ReplicaOptions): Promise<Replica> {
  const { name, index, place, socketFolder, superuser, signal } = options;
  // The slot first: it keeps the WAL that the copy will need.
  const client = await primary.connect();
  await makeSlot(client, name).finally(() => client.end());
  const data = path.join(host.folder, name);
  await copyBase(host, primary, data, signal);
  await makeStandby(host, data, primary, options);
  const replica = await launchPostgres(host, primary.binaries, {
    name,
    data,
    socketFolder,
    superuser,
    place,
    index,
    ...(signal === undefined ? {} : { signal }),
  });
  await streams(primary, name, signal);
  return new Replica(host, primary, replica, options);
}

/** What a server needs to be told to follow a primary. */
export type Standby = Pick<ReplicaOptions, 'name' | 'login' | 'tls'>;

/** Makes a data folder that of a standby: its next start follows the primary. What ALTER SYSTEM had set there is gone. */
export async function makeStandby(
  host: Host,
  data: string,
  primary: Postgres,
  standby: Standby,
): Promise<void> {
  const settings = {
    primary_conninfo: conninfo(primary, standby),
    primary_slot_name: standby.name,
    hot_standby: 'on',
    // A query on a replica must not keep the primary from vacuuming for ever, nor be cut off at once.
    hot_standby_feedback: 'on',
    // The primary's: a replica that is promoted for a try must not write into its archive. Whoever promotes it for good sets one.
    archive_command: '',
    wal_retrieve_retry_interval: '500ms',
  };
  await host.writeFile(path.join(data, 'postgresql.auto.conf'), configuration(settings));
  await host.writeFile(path.join(data, 'standby.signal'), '');
}

/** A streaming replica, which can be killed and started again at its place. */
export class Replica {
  readonly name: string;
  /** How it is told to follow. */
  readonly standby: Standby;
  readonly #host: Host;
  #primary: Postgres;
  #server: Postgres;

  constructor(host: Host, primary: Postgres, server: Postgres, standby: Standby) {
    this.name = standby.name;
    this.standby = standby;
    this.#host = host;
    this.#primary = primary;
    this.#server = server;
  }

  /** The server as it runs now, or ran last. */
  get server(): Postgres {
    return this.#server;
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    await this.#server.service.kill();
  }

  /** Starts it where it was; back when it streams again. */
  async start(signal?: AbortSignal): Promise<void> {
    this.#server = await relaunchPostgres(this.#host, this.#server, signal === undefined ? {} : { signal });
    await streams(this.#primary, this.name, signal);
  }

  /** Leads it to another primary, which has a slot of its name; back when it streams from there. */
  async follow(primary: Postgres, signal?: AbortSignal): Promise<void> {
    await this.#lead(conninfo(primary, this.standby));
    this.#primary = primary;
    await streams(primary, this.name, signal);
  }

  /** Waits until it streams from its primary, which was started again. */
  async streamsFrom(primary: Postgres, signal?: AbortSignal): Promise<void> {
    this.#primary = primary;
    await streams(primary, this.name, signal);
  }

  /** Ends its stream: it answers on, and gets nothing more until it follows again. Back when it receives no more. */
  async detach(): Promise<void> {
    await this.#lead('');
    const client = await this.#server.connect({ statementMs });
    try {
      const limitMs = 15_000;
      const quiet = async () => (await client.query('SELECT FROM pg_stat_wal_receiver')).rowCount === 0;
      if (!(await until(quiet, limitMs)))
        throw new ClusterError(
          'timeout',
          `${this.name} streams still, ${limitMs} ms after it was told not to`,
          '',
        );
    } finally {
      await client.end();
    }
  }

  /** By its file and not by ALTER SYSTEM, which a log of statements would show with the password. */
  async #lead(to: string): Promise<void> {
    const file = path.join(this.#server.data, 'postgresql.auto.conf');
    const [, line = ''] = configuration({ primary_conninfo: to }).split('\n');
    const text = await this.#host.readFile(file);
    await this.#host.writeFile(
      file,
      text.replace(/^primary_conninfo = .*$/m, () => line),
    );
    const client = await this.#server.connect({ statementMs });
    await client.query('SELECT pg_reload_conf()').finally(() => client.end());
  }
}

function conninfo(primary: Postgres, { name, login, tls }: Standby): string {
  const parts: Record<string, string> = {
    host: primary.place.host,
    port: String(primary.place.port),
    user: login.user,
    password: login.password,
    application_name: name,
    ...(tls === undefined ? { sslmode: 'disable' } : { sslmode: 'verify-full', sslrootcert: tls.authority }),
  };
  return Object.entries(parts)
    .map(([key, value]) => `${key}='${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`)
    .join(' ');
}

async function streams(primary: Postgres, name: string, signal: AbortSignal | undefined): Promise<void> {
  const client = await primary.connect();
  try {
    const limitMs = 30_000;
    const streaming = await until(() => isStreaming(client, name), limitMs, signal);
    if (!streaming) {
      throw new ClusterError('timeout', `${name} does not stream from the primary after ${limitMs} ms`, '');
    }
  } finally {
    await client.end();
  }
}

/** Makes the account that replicas log in with. */
export async function makeReplicationLogin(primary: Postgres, login: ReplicationLogin): Promise<void> {
  const client = await primary.connect();
  try {
    await client.query(
      `CREATE ROLE ${pg.escapeIdentifier(login.user)} LOGIN REPLICATION PASSWORD ${pg.escapeLiteral(scramVerifier(login.password))}`,
    );
  } finally {
    await client.end();
  }
}
