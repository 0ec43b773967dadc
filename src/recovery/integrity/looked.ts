import pg from 'pg';
import type { Seen } from '../model.ts';

/** One object that was looked at; `wrong` says what is not right with it. */
export interface Looked {
  readonly object: string;
  readonly wrong: string | undefined;
}

/** Many objects of which the same is expected, as sightings. */
export function sightings(
  way: Pick<Seen, 'subject' | 'way' | 'statement' | 'expected'>,
  looked: readonly Looked[],
): Seen[] {
  const wrong = looked.filter((each) => each.wrong !== undefined);
  if (wrong.length === 0) {
    const actual = looked.length === 0 ? 'there is none' : 'nothing wrong';
    return [{ ...way, actual, agrees: true, tried: looked.length }];
  }
  return wrong.map(({ object, wrong: actual }) => ({
    ...way,
    subject: object,
    actual: actual ?? '',
    agrees: false,
    object,
    tried: looked.length,
  }));
}

/**
 * Runs something that may fail, in a transaction that goes on: the error's words, or undefined. Locks of what was looked at are given
 * back, so that a database with thousands of tables needs no larger lock table.
 */
export async function withinSavepoint(
  client: pg.Client,
  look: () => Promise<string | undefined>,
): Promise<string | undefined> {
  await client.query('SAVEPOINT look');
  try {
    return await look();
  } catch (error) {
    if (!saysOfData(error)) throw error;
    return error.message;
  } finally {
    await client.query('ROLLBACK TO SAVEPOINT look').catch(() => undefined);
  }
}

/** A lost connection, a lack of memory or of patience says nothing of the data. */
function saysOfData(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError && !/^(08|40|53|57|55P03)/.test(error.code ?? '08');
}

/** Rows are read from their tables: an index that lacks some would hide what is wrong with them. */
export const withoutIndexes =
  'SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan = off';
