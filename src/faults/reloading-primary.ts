import type pg from 'pg';
import { statementMs } from '../cluster/server.ts';
import type { FaultTarget } from './fault.ts';

/** Does work on the running primary, and has it read its settings again; nothing where there is none of ours. */
export async function reloadingPrimary(
  { cluster }: FaultTarget,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = await cluster?.primary.connect({ statementMs });
  if (client === undefined) return;
  try {
    await work(client);
    await client.query('SELECT pg_reload_conf()');
  } finally {
    await client.end();
  }
}
