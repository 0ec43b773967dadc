import type { EventEmitter } from 'node:events';
import type pg from 'pg';
import type { AnyCluster } from '../cluster/cluster.ts';

/** A check tried to write where nothing may be written: what it saw after that says nothing of the database. */
export class WriteRefused extends Error {
  override readonly name = 'WriteRefused';
}

export function mayWrite({ capabilities }: AnyCluster): boolean {
  return capabilities.has('scratch-database');
}

/** read_only_sql_transaction */
const refused = '25006';

/**
 * Does work in a transaction that may not write. Throws WriteRefused when the server had to refuse anything, whatever came of it:
 * a check would take it for the design's own refusal.
 */
export async function refusingWrites<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  const { connection } = client as pg.Client & { readonly connection: EventEmitter };
  let writes = 0;
  const count = ({ code }: { readonly code?: string }) => {
    if (code === refused) writes++;
  };
  connection.on('errorMessage', count);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  try {
    await client.query("SET LOCAL statement_timeout = '120s'; SET LOCAL jit = off");
    const done = await work().catch((error: unknown) => {
      if (writes === 0) throw error;
    });
    if (writes > 0 || done === undefined) throw new WriteRefused('a write was refused');
    return done;
  } finally {
    connection.off('errorMessage', count);
    await client.query('ROLLBACK');
  }
}
