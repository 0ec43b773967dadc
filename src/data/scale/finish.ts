import type pg from 'pg';
import type { DataPlan } from '../../design/data-plan.ts';
import { foreignKeys, verifyForeignKey } from '../foreign-keys.ts';
import { enterPhase, ledgerSchema } from './ledger.ts';
import { shareAmong } from './sessions.ts';

/** Runs the plan's statements in one transaction with the mark that they have been. */
export async function runAfter(
  client: pg.Client,
  plan: DataPlan,
  signal: AbortSignal | undefined,
  onDone: (done: number, of: number) => void,
): Promise<void> {
  const statements = plan.after ?? [];
  let done = 0;
  onDone(done, statements.length);
  await client.query('BEGIN');
  try {
    await shareAmong([client], statements, signal, async (_, statement) => {
      await client.query(statement);
      onDone(++done, statements.length);
    });
    await enterPhase(client, 'check');
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/**
 * Vacuums and analyzes the tables, so that they are read as in production at once, and proves the foreign keys that were not proved
 * when they were made again. Throws `BrokenForeignKey`.
 */
export async function check(
  clients: readonly pg.Client[],
  plan: DataPlan,
  signal: AbortSignal | undefined,
  onDone: (done: number, of: number) => void,
): Promise<void> {
  const [first] = clients;
  if (first === undefined) return;
  const { rows } = await first.query<{ proves: string }>(
    `SELECT proves FROM ${ledgerSchema}.step WHERE proves IS NOT NULL AND done`,
  );
  const proved = new Set(rows.map(({ proves }) => proves));
  const open = (await foreignKeys(first)).filter(({ child, name }) => !proved.has(`${child} ${name}`));
  const vacuums = plan.tables.map(({ table }) => async (client: pg.Client) => {
    await client.query(`VACUUM (ANALYZE) ${table}`);
  });
  const proofs = open.map((key) => (client: pg.Client) => verifyForeignKey(client, key));
  const of = vacuums.length + proofs.length;
  let done = 0;
  onDone(done, of);
  // Plans of the proofs need the figures of ANALYZE.
  for (const tasks of [vacuums, proofs]) {
    await shareAmong(clients, tasks, signal, async (client, task) => {
      await task(client);
      onDone(++done, of);
    });
  }
}
