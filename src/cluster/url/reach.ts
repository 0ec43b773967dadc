import type pg from 'pg';
import type { AnyCluster, ClusterFacts } from '../cluster.ts';
import { ClusterError } from '../error.ts';
import { type Machine, thisMachine } from '../machine.ts';
import { overClient } from '../over-client.ts';
import { ProcessHost } from '../process-host.ts';
import { sessionOptions } from '../server.ts';
import { abilitiesOf } from './abilities.ts';
import { type DatabaseAddress, readAddress } from './address.ts';
import { orphanedCopies } from './copies.ts';
import { factNotes, settingsOf } from './facts.ts';
import { type Look, lookAt } from './look.ts';
import { type Front, frontOf, pooled } from './pooling.ts';
import { UsersServer } from './server.ts';

export interface ReachOptions {
  readonly url: string;
  /** Writes are allowed, in this very database. */
  readonly writes: boolean;
  readonly design: { readonly version: number; readonly settings: Readonly<Record<string, string | number>> };
  readonly signal: AbortSignal;
  readonly machine?: Machine;
}

/** A server of the user's, with the database that its address names. */
export interface ReachedCluster extends AnyCluster {
  readonly primary: UsersServer;
  readonly database: string;
  readonly writes: boolean;
}

export function isReached(cluster: AnyCluster): cluster is ReachedCluster {
  return cluster.primary instanceof UsersServer;
}

/**
 * Reaches a server that the user runs. Throws ClusterError, in one line, when it cannot be reached, is not of a known version, is a
 * replica where writes are wanted, or when a pooler answers in its place. Nothing is written before `copyDatabase`.
 */
export async function reachCluster(options: ReachOptions): Promise<ReachedCluster> {
  const { writes, design, signal, machine = thisMachine() } = options;
  const address = readAddress(options.url);
  const found = await meet(address, options);
  const { look, crowd, settings } = found;
  const server = new UsersServer({
    address,
    version: look.version,
    elsewhere: look.elsewhere,
    readOnly: !writes,
  });
  const host = new ProcessHost(machine);
  let anchor: pg.Client | undefined;
  const close = async () => {
    // A server that has gone has nothing of ours to end; copies that it still has go at the next run.
    await server.close().catch(() => {});
    await anchor?.end().catch(() => {});
    await host.close();
  };
  let abilities = abilitiesOf(look, address, { writes, crowd });
  if (abilities.able.has('copies')) {
    anchor = await holdPlace(server, look).catch(() => undefined);
    if (anchor === undefined) {
      abilities = abilitiesOf({ ...look, elsewhere: undefined }, address, { writes, crowd });
    }
  }
  const { able, lacking } = abilities;
  if (signal.aborted) await close();
  signal.throwIfAborted();
  const facts: ClusterFacts = {
    source: 'url',
    why: `postgres://${address.shown}, as asked for`,
    server: look.banner,
    settings,
    notes: [...factNotes({ ...found, address, writes, lacking, designed: design.version })],
    machine: {
      os: machine.platform,
      arch: machine.arch,
      cores: machine.cores,
      memoryBytes: machine.memoryBytes,
    },
  };
  return {
    primary: server,
    database: address.database,
    writes,
    host,
    facts,
    capabilities: able,
    lacking,
    close,
  };
}

interface Met {
  readonly look: Look;
  readonly front: Front;
  /** Sessions of others in the database. */
  readonly crowd: number;
  readonly settings: ClusterFacts['settings'];
}

async function meet(address: DatabaseAddress, { writes, design, signal }: ReachOptions): Promise<Met> {
  const applicationName = 'pgattest';
  const connect = () =>
    connectOrSay(
      address.client({ applicationName, options: sessionOptions({ readOnly: !writes }) }),
      address,
      signal,
    );
  const client = await connect();
  return overClient(client, signal, async () => {
    const front = await frontOf(client, address, connect);
    if (!(await hasOptions(client, !writes))) throw pooled(address);
    const look = await lookAt(client, address);
    if (look.replica && writes) {
      throw new ClusterError(
        'not-able',
        `${address.shown} is a replica, where nothing can be written`,
        'give the address of the primary, or leave --allow-writes out',
      );
    }
    return { look, front, crowd: await crowdOf(client), settings: await settingsOf(client, design.settings) };
  });
}

/** unsupported startup parameter: PgBouncer before 1.20 takes no options */
const unsupported = '08P01';

async function connectOrSay(
  client: pg.Client,
  address: DatabaseAddress,
  signal: AbortSignal,
): Promise<pg.Client> {
  signal.throwIfAborted();
  const hangUp = () => void client.end().catch(() => {});
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    signal.throwIfAborted();
    const { code } = error as { readonly code?: string };
    if (code === unsupported && /startup parameter/.test(address.said(error))) throw pooled(address);
    throw new ClusterError(
      'connect-failed',
      `${address.shown}: ${address.said(error)}`,
      hints[code ?? ''] ?? 'correct the URL, or see that the server can be reached',
    );
  } finally {
    signal.removeEventListener('abort', hangUp);
  }
}

const hints: Readonly<Record<string, string>> = {
  '28P01': 'correct the password: PGPASSWORD, the password file or the URL',
  '28000': 'correct the user, or pg_hba.conf of the server',
  '3D000': 'correct the name of the database, or create it',
  '53300': 'free some connections',
};

/** Something in between may drop what a session was to begin with. */
async function hasOptions(client: pg.Client, readOnly: boolean): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    `SELECT pg_catalog.current_setting('TimeZone') = 'UTC'
            AND (NOT $1 OR pg_catalog.current_setting('default_transaction_read_only') = 'on') AS taken`,
    [readOnly],
  );
  return rows[0]?.taken === true;
}

async function crowdOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ crowd: number }>(
    `SELECT count(*)::int AS crowd FROM pg_catalog.pg_stat_activity
     WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
       AND backend_type IS DISTINCT FROM 'autovacuum worker'`,
  );
  return rows[0]?.crowd ?? 0;
}

/** Drops what runs left that were killed, and shows the others that this one lives: as long as the connection stands. */
async function holdPlace(server: UsersServer, { elsewhere }: Look): Promise<pg.Client> {
  const anchor = await server.connect(elsewhere === undefined ? {} : { database: elsewhere });
  try {
    for (const name of await orphanedCopies(anchor)) await server.dropDatabase(name);
    return anchor;
  } catch (error) {
    await anchor.end().catch(() => {});
    throw error;
  }
}
