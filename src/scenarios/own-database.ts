import type pg from 'pg';
import type { Server } from '../cluster/server.ts';

/** A copy of a database that belongs to one trial. */
export interface OwnDatabase {
  readonly name: string;
  /** Connects as the superuser. */
  connect(): Promise<pg.Client>;
  /** Closes every connection and drops it; safe when the server has gone. */
  drop(): Promise<void>;
}

/** Copies a database that nobody is connected to. */
export async function ownDatabase(server: Server, template: string): Promise<OwnDatabase> {
  const clients: pg.Client[] = [];
  const name = await server.copyDatabase(template);
  return {
    name,
    connect: async () => {
      const client = await server.connect({ database: name });
      clients.push(client);
      return client;
    },
    drop: async () => {
      // By force first: a session may be waiting for a lock of another.
      await server.dropDatabase(name).catch(() => undefined);
      await Promise.allSettled(clients.map((client) => client.end()));
    },
  };
}
