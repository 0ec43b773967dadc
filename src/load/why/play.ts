import pg from 'pg';
import type { DeckHeader, DeckTransaction } from '../deck/model.ts';

export interface PlayOptions {
  /** Milliseconds; ends with the transactions, too. */
  readonly ms: number;
  readonly signal: AbortSignal;
}

/** What was played, for the counters: no measurement of load. */
export interface PlayedLoad {
  readonly transactions: number;
  readonly failed: number;
}

/**
 * Plays transactions one after the other as the request role, each rolled back, so that counters of the server show what the workload
 * costs. The client is connected as that role, or as one that may become it.
 */
export async function play(
  client: pg.Client,
  role: string | null,
  header: DeckHeader,
  transactions: Iterable<DeckTransaction>,
  { ms, signal }: PlayOptions,
): Promise<PlayedLoad> {
  const until = performance.now() + ms;
  let played = 0;
  let failed = 0;
  for (const { settings, calls } of transactions) {
    signal.throwIfAborted();
    if (performance.now() >= until) break;
    await client.query('BEGIN');
    try {
      for (const [name, value] of Object.entries(settings))
        await client.query('SELECT pg_catalog.set_config($1, $2, true)', [name, value]);
      if (role !== null) await client.query(`SET LOCAL SESSION AUTHORIZATION ${pg.escapeIdentifier(role)}`);
      for (const [index, values] of calls) {
        const statement = header.statements[index];
        if (statement !== undefined) await client.query(statement.sql, [...values]);
      }
    } catch (error) {
      if ((error as { readonly code?: string }).code === undefined) throw error;
      failed++;
    }
    await client.query('ROLLBACK');
    played++;
  }
  return { transactions: played, failed };
}
