import type pg from 'pg';
import { ledgerSchema } from './ledger.ts';
import { shareAmong } from './sessions.ts';
import { parallelStages, type Stage, stages } from './steps.ts';

/** A definition that is to be brought back. */
interface KeptStep {
  readonly ordinal: number;
  readonly stage: Stage;
  readonly statement: string;
}

const openSteps = `SELECT ordinal, stage, statement FROM ${ledgerSchema}.step WHERE NOT done ORDER BY ordinal`;

/** Quick steps that go in one transaction: a commit for each would take longer than they do. */
const together = 50;

/** Steps that are done of all that are. */
export type OnSteps = (done: number, of: number, stage: Stage) => void;

/**
 * Brings back what `strip` took: each step with its mark in one transaction, so that it can be gone on with. Throws what the server
 * says, such as a key that is there twice; the steps that were done stay so.
 */
export async function rebuild(
  clients: readonly pg.Client[],
  signal: AbortSignal | undefined,
  onSteps: OnSteps,
): Promise<void> {
  const [first] = clients;
  if (first === undefined) return;
  const { rows } = await first.query<KeptStep>(openSteps);
  let done = 0;
  for (const stage of stages) {
    const steps = rows.filter((step) => step.stage === stage);
    if (steps.length === 0) continue;
    onSteps(done, rows.length, stage);
    const parallel = parallelStages.has(stage);
    const batches = parallel ? steps.map((step) => [step]) : inBatches(steps);
    await shareAmong(parallel ? clients : [first], batches, signal, async (client, batch) => {
      await take(client, batch);
      done += batch.length;
      onSteps(done, rows.length, stage);
    });
  }
}

/** One simple query is one round trip; an error in it leaves a transaction to be rolled back. */
async function take(client: pg.Client, batch: readonly KeptStep[]): Promise<void> {
  const ordinals = batch.map(({ ordinal }) => ordinal).join(', ');
  const statements = batch.map(({ statement }) => statement).join(';\n');
  try {
    await client.query(
      `BEGIN;\n${statements};\nUPDATE ${ledgerSchema}.step SET done = true WHERE ordinal IN (${ordinals});\nCOMMIT`,
    );
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

function inBatches(steps: readonly KeptStep[]): readonly (readonly KeptStep[])[] {
  return Array.from({ length: Math.ceil(steps.length / together) }, (_, n) =>
    steps.slice(n * together, (n + 1) * together),
  );
}
