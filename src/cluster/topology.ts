import path from 'node:path';
import pg from 'pg';
import type { Ini } from '../parsers/ini.ts';
import { type Archive, makeCopies } from './archive.ts';
import { makeRepository } from './backrest.ts';
import { makeCertificates } from './certificates.ts';
import type { Pooler } from './pooler.ts';
import { startPooler } from './pooler.ts';
import type { Postgres, Superuser } from './postgres.ts';
import { makeReplicationLogin, type Replica, type ReplicationLogin, startReplica } from './replica.ts';
import { scramVerifier, secret } from './scram.ts';
import type { Site } from './site.ts';
import { placeCertificates, type ServerTls } from './tls.ts';

/** What a design wants around its primary. */
export interface TopologyWish {
  readonly replicas: number;
  /** So many of them have a commit before it is acknowledged. */
  readonly synchronous?: number;
  readonly pooler?: {
    readonly mode: 'transaction' | 'session' | 'statement';
    readonly maxClients: number;
    readonly poolSize: number;
    /** Entry of [databases] that leads to the primary. */
    readonly writer: string;
    /** Entry that leads to the replicas, in turn. */
    readonly reader?: string;
    /** The design's own file. */
    readonly file?: Ini;
  };
  readonly archive?: { readonly timeout: string };
  /** What is left out of what the design declares, and why: for the evidence. */
  readonly notes?: readonly string[];
}

/** What stands before the primary does: its settings name it. */
export interface Ground {
  readonly tls: ServerTls;
  readonly archive: Archive | undefined;
}

export interface Topology {
  readonly ground: Ground;
  readonly replicas: readonly Replica[];
  readonly pooler: Pooler | undefined;
  readonly notes: readonly string[];
}

export interface TopologyOptions {
  readonly wish: TopologyWish;
  readonly ground: Ground;
  /** The design's database: what the pooler's entries lead to. */
  readonly database: string;
  readonly superuser: Superuser | undefined;
  readonly signal?: AbortSignal;
}

/** Names of the servers: their folders, slots and logs. */
export const replicaName = (index: number) => `replica_${index + 1}`;

/** Makes the certificates and the archive that the primary's settings name. */
export async function layGround(site: Site, wish: TopologyWish): Promise<Ground> {
  const { host } = site;
  const servers = ['primary', 'pooler', ...Array.from({ length: wish.replicas }, (_, n) => replicaName(n))];
  // Places are asked for their names alone: the servers find their ports when they start.
  const places = await Promise.all(
    servers.map((name, index) => host.place(name, { port: 5432, index: Math.max(0, index - 1) })),
  );
  const names = [...new Set(['localhost', '127.0.0.1', ...places.map((place) => place.host)])];
  const tls = await placeCertificates(host, await makeCertificates(names));
  const archive = wish.archive === undefined ? undefined : await makeArchive(site, wish.archive);
  return { tls, archive };
}

/** A repository where pgBackRest is there, else copies. */
async function makeArchive(site: Site, { timeout }: NonNullable<TopologyWish['archive']>): Promise<Archive> {
  const program = await site.program('pgbackrest');
  if (program === undefined) return makeCopies(site.host, timeout);
  return makeRepository(site.host, { program, timeout, data: path.join(site.host.folder, 'primary') });
}

/** Raises replicas and pooler around a running primary. What it started goes with the host. */
export async function raiseTopology(
  site: Site,
  primary: Postgres,
  options: TopologyOptions,
): Promise<Topology> {
  const { wish, ground, superuser } = options;
  const { host } = site;
  await ground.archive?.prepare(primary);
  const replicas = await raiseReplicas(site, primary, options);
  if (wish.synchronous !== undefined) await synchronize(primary, wish.synchronous, replicas);
  const notes: string[] = [...(wish.notes ?? [])];
  const { pooler: wanted } = wish;
  const program = wanted === undefined ? undefined : await site.program('pgbouncer');
  if (wanted === undefined || program === undefined) return { ground, replicas, pooler: undefined, notes };
  const login = { name: 'pgattest_pooler', password: secret() };
  await makeAsker(primary, login);
  const shared = replicas.every(({ server }) => server.place.port === replicas[0]?.server.place.port);
  if (wanted.reader !== undefined && !shared) {
    notes.push('the entry for readers leads to one replica: this machine has one loopback address');
  }
  const pooler = await startPooler(host, {
    program: program.path,
    remote: superuser !== undefined,
    design: wanted.file,
    promised: wanted,
    entries: [
      {
        name: wanted.writer,
        hosts: [primary.place.host],
        port: primary.place.port,
        database: options.database,
      },
      ...(wanted.reader === undefined || replicas[0] === undefined
        ? []
        : [
            {
              name: wanted.reader,
              hosts: (shared ? replicas : replicas.slice(0, 1)).map(({ server }) => server.place.host),
              port: replicas[0].server.place.port,
              database: options.database,
            },
          ]),
    ],
    tls: ground.tls,
    authUser: login,
    adminPassword: secret(),
    folder: path.join(host.folder, 'p'),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return { ground, replicas, pooler, notes };
}

/** Once they are there: a commit would wait for them. */
async function synchronize(primary: Postgres, count: number, replicas: readonly Replica[]): Promise<void> {
  const names = replicas.map(({ name }) => name).join(', ');
  const client = await primary.connect();
  try {
    await client.query(`ALTER SYSTEM SET synchronous_standby_names = 'ANY ${count} (${names})'`);
    await client.query('SELECT pg_reload_conf()');
  } finally {
    await client.end();
  }
}

async function raiseReplicas(
  { host, platform, socketFolder }: Site,
  primary: Postgres,
  { wish, ground, superuser, signal }: TopologyOptions,
): Promise<readonly Replica[]> {
  if (wish.replicas === 0) return [];
  const login: ReplicationLogin = { user: 'pgattest_replicator', password: secret() };
  await makeReplicationLogin(primary, login);
  const raise = async (index: number, port?: number) => {
    const name = replicaName(index);
    const place = await host.place(name, { port: 5432, index: index + 1 });
    return startReplica(host, primary, {
      name,
      index: index + 1,
      place: port === undefined ? undefined : { ...place, port },
      socketFolder: await socketFolder(`r${index + 1}`),
      superuser,
      login,
      tls: ground.tls,
      ...(signal === undefined ? {} : { signal }),
    });
  };
  // The first finds a free port, and the others take the same one at addresses of their own: a pooler's list of hosts has one
  // port for all.
  const first = await raise(0);
  const port = platform === 'linux' ? first.server.place.port : undefined;
  const rest = Array.from({ length: wish.replicas - 1 }, (_, index) => raise(index + 1, port));
  const settled = await Promise.allSettled(rest);
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return [first, ...settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))];
}

/**
 * An account that may read the secrets of the others and nothing else. It is let into template1, which later databases are
 * copies of: the pooler asks in the database that the client wants.
 */
async function makeAsker(
  primary: Postgres,
  { name, password }: { name: string; password: string },
): Promise<void> {
  const databases = await databasesOf(primary);
  for (const database of databases) {
    const client = await primary.connect({ database });
    try {
      if (database === databases[0]) {
        await client.query(
          `CREATE ROLE ${pg.escapeIdentifier(name)} LOGIN PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`,
        );
      }
      await client.query(`GRANT SELECT ON pg_catalog.pg_shadow TO ${pg.escapeIdentifier(name)}`);
    } finally {
      await client.end();
    }
  }
}

async function databasesOf(primary: Postgres): Promise<readonly string[]> {
  const client = await primary.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      'SELECT datname AS name FROM pg_catalog.pg_database WHERE datallowconn ORDER BY oid',
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
