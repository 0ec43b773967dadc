import type { Postgres } from '../../../src/cluster/postgres.ts';

/** One statement, over a connection of its own. */
export async function over(server: Postgres, statement: string): Promise<Record<string, unknown>[]> {
  const client = await server.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
