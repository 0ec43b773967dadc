import type pg from 'pg';
import { until } from '../../cluster/until.ts';
import type { CheckContext } from '../check.ts';
import { poolerOf } from './around.ts';
import { type Login, pooledClient } from './clients.ts';

/** A server that answered: `primary`, or the name of a replica, which is that of its slot. */
export interface Server {
  readonly name: string;
}

/** A replica tells its name by its slot, wherever it runs and whatever lies between. */
export const whereSql =
  "SELECT CASE WHEN pg_is_in_recovery() THEN current_setting('primary_slot_name') ELSE 'primary' END AS name";

export function serverNames(servers: readonly Server[]): string {
  return inOrder(servers.map(({ name }) => name)) || 'nobody';
}

/** Each once, `replica_2` before `replica_10`. */
export function inOrder(names: readonly string[]): string {
  return [...new Set(names)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).join(', ');
}

/** Clients enough to get every server behind an entry several times, and no more than its pool has connections for. */
const holders = 24;

function holdersOf({ design }: CheckContext): number {
  return Math.min(holders, design.topology.pooler?.poolSize ?? 1);
}

/** Why so many servers cannot all be met behind an entry; undefined when they can. */
export function tooManyToMeet(context: CheckContext, servers: number): string | undefined {
  const clients = holdersOf(context);
  return servers <= clients
    ? undefined
    : `${servers} servers are behind an entry, and ${clients} connections at most are held open to it at once`;
}

/** Servers that answer clients that hold a transaction open side by side, over connections that are all new. */
export async function servedBy(
  context: CheckContext,
  login: Login,
  entry: string,
): Promise<readonly Server[]> {
  const open: pg.Client[] = [];
  const clients = holdersOf(context);
  try {
    await poolerOf(context).ask(`RECONNECT "${entry.replaceAll('"', '""')}"`);
    const servers: Server[] = [];
    for (let n = 0; n < clients; n++) {
      const client = pooledClient(context, login, entry);
      open.push(client);
      await client.connect();
      // Held open, so that the next one needs another server connection.
      await client.query('BEGIN');
      servers.push(await where(client));
    }
    return servers;
  } finally {
    await Promise.allSettled(open.map((client) => client.end()));
  }
}

export interface GoneOn {
  readonly clients: number;
  /** Of each client that was served afterwards. */
  readonly answers: readonly Server[];
  /** Statements and connections that failed until then. */
  readonly failed: number;
  readonly milliseconds: number;
}

/**
 * Clients that are connected while something happens, and ask until they are answered. One whose connection is lost makes another, as an
 * application does.
 */
export async function goOnThrough(
  context: CheckContext,
  login: Login,
  entry: string,
  count: number,
  happens: () => Promise<void>,
  withinMs: number,
): Promise<GoneOn> {
  let failed = 0;
  const clients = Array.from({ length: count }, () => pooledClient(context, login, entry));
  const ask = async (index: number): Promise<Server | undefined> => {
    const client = clients[index];
    if (client === undefined) return undefined;
    try {
      return await where(client);
    } catch {
      failed++;
      await client.end().catch(() => undefined);
      const another = pooledClient(context, login, entry);
      clients[index] = another;
      await another.connect().catch(() => undefined);
      return undefined;
    }
  };
  try {
    const connected = await Promise.allSettled(
      clients.map(async (client) => {
        await client.connect();
        await where(client);
      }),
    );
    const refused = connected.find((each) => each.status === 'rejected');
    if (refused !== undefined) throw refused.reason;
    await happens();
    const began = performance.now();
    const answers = await Promise.all(
      clients.map(async (_, index) => {
        let answer: Server | undefined;
        await until(async () => {
          answer = await ask(index);
          return answer !== undefined;
        }, withinMs);
        return answer;
      }),
    );
    const milliseconds = performance.now() - began;
    return { clients: count, answers: answers.filter((each) => each !== undefined), failed, milliseconds };
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
}

async function where(client: pg.Client): Promise<Server> {
  const { rows } = await client.query<{ name: string }>(whereSql);
  return { name: rows[0]?.name ?? '' };
}
