import path from 'node:path';
import pg from 'pg';
import { copyBase } from './base-copy.ts';
import { ClusterError } from './error.ts';
import type { Host, Place } from './host.ts';
import { configuration, launchPostgres, type Postgres, type Superuser } from './postgres.ts';
import { isStreaming, makeSlot } from './replication.ts';
import { scramVerifier } from './scram.ts';
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
  const auto = path.join(data, 'postgresql.auto.conf');
  const settings = {
    primary_conninfo: conninfo(primary, options),
    primary_slot_name: name,
    hot_standby: 'on',
    // A query on a replica must not keep the primary from vacuuming for ever, nor be cut off at once.
    hot_standby_feedback: 'on',
    // Set for the primary; a standby that archives is another matter.
    archive_mode: 'off',
    wal_retrieve_retry_interval: '500ms',
  };
  await host.writeFile(auto, configuration(settings));
  await host.writeFile(path.join(data, 'standby.signal'), '');
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
  return new Replica(host, primary, name, replica, superuser);
}

/** A streaming replica, which can be killed and started again at its place. */
export class Replica {
  readonly name: string;
  readonly #host: Host;
  readonly #primary: Postgres;
  readonly #superuser: Superuser | undefined;
  #server: Postgres;

  constructor(
    host: Host,
    primary: Postgres,
    name: string,
    server: Postgres,
    superuser: Superuser | undefined,
  ) {
    this.name = name;
    this.#host = host;
    this.#primary = primary;
    this.#server = server;
    this.#superuser = superuser;
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
    const { data, socketFolder, place, binaries } = this.#server;
    this.#server = await launchPostgres(this.#host, binaries, {
      name: this.name,
      data,
      socketFolder,
      place,
      superuser: this.#superuser,
      ...(signal === undefined ? {} : { signal }),
    });
    await streams(this.#primary, this.name, signal);
  }
}

function conninfo(primary: Postgres, { name, login, tls }: ReplicaOptions): string {
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
