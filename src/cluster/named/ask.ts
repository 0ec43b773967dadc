import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { Kept, KeptServer } from './kept.ts';

/** A server that hangs, such as a stopped one, must not hang whoever asks. */
const patienceMs = 3_000;

/** Whoever counts connections leaves these out. */
export const applicationName = 'pgattest status';

export type Rows = readonly Readonly<Record<string, string | null>>[];

export type Ask = (sql: string) => Promise<Rows>;

/** Asks a server of a kept cluster, as its administrator; every value is a text. Throws what it or the network said. */
export async function withAdministrator<T>(
  kept: Kept,
  server: KeptServer,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const login = loginFor(kept, server);
  const client = new pg.Client({
    host: server.host,
    port: server.port,
    ...login,
    ssl: { ca: await readFile(kept.authority, 'utf8') },
    application_name: applicationName,
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
    types: { getTypeParser: () => (text: string) => text },
  });
  client.on('error', () => {});
  try {
    await client.connect();
    // Simple queries: the pooler's console knows no others.
    return await work(async (sql) => (await client.query<Record<string, string | null>>(sql)).rows);
  } finally {
    // The farewell to a server that hangs would wait for ever.
    void client.end().catch(() => {});
  }
}

function loginFor({ endpoints, console }: Kept, { kind }: KeptServer) {
  const login = kind === 'pooler' ? console : endpoints.find(({ role }) => role === 'admin');
  if (login === undefined) throw new Error('no login of an administrator in the record');
  return {
    user: login.user,
    password: login.password,
    database: kind === 'pooler' ? 'pgbouncer' : 'postgres',
  };
}
