import pg from 'pg';
import { type IndexDefinition, readIndexes, readReferences } from './definitions.ts';
import { ledgerSchema } from './ledger.ts';
import { dropIndex, dropReference, ordered } from './steps.ts';

/** dependent_objects_still_exist: a view groups by the key, say */
const depended = '2BP01';

const insertSteps = `
  INSERT INTO ${ledgerSchema}.step (ordinal, stage, statement, proves)
  SELECT n, stage, statement, proves
    FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS s (stage, statement, proves, n)`;

/**
 * Drops the indexes of tables and of their partitions, with the constraints on them and the foreign keys that lean on these, and
 * writes down what brings them back. In a transaction of the caller's, which searches no schema afterwards. What other things depend on stays.
 * Returns how many top indexes were dropped.
 */
export async function strip(client: pg.Client, tables: readonly string[]): Promise<number> {
  const indexes = await readIndexes(client, tables);
  const roots = [...new Set(indexes.map(({ root }) => root))];
  const references = await readReferences(client, roots);
  for (const reference of references) await client.query(dropReference(reference));
  const dropped = new Set<string>();
  for (const index of indexes.filter(({ id, root }) => id === root)) {
    if (await wasDropped(client, index)) dropped.add(index.root);
  }
  const steps = ordered(
    indexes.filter(({ root }) => dropped.has(root)),
    references,
  );
  await client.query(insertSteps, [
    steps.map(({ stage }) => stage),
    steps.map(({ statement }) => statement),
    steps.map(({ proves }) => proves ?? null),
  ]);
  return dropped.size;
}

async function wasDropped(client: pg.Client, index: IndexDefinition): Promise<boolean> {
  await client.query('SAVEPOINT try');
  try {
    await client.query(dropIndex(index));
    await client.query('RELEASE try');
    return true;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== depended) throw error;
    await client.query('ROLLBACK TO try; RELEASE try');
    return false;
  }
}
