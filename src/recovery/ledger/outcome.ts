import pg from 'pg';

/** What came of a commit. */
export type Outcome =
  | { readonly state: 'a' }
  /** `f`: certainly not committed. `i`: nobody knows. */
  | { readonly state: 'f' | 'i'; readonly why: string };

/**
 * Errors that say nothing of the transaction: of the connection (08), of its unknown end (40003), of a server that goes away (57P). Those
 * of PgBouncer are 08P01 whether the server had the statement or not.
 */
const unsure = /^(?:08|40003|57P)/;

/**
 * What an error says of the commit that it ended. Only the server itself can say that a transaction failed, with an error after which the
 * session goes on: FATAL and PANIC may come after the commit. Where the server's messages are not in English the severity is not
 * known, and the commit is indeterminate.
 */
export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof Error)) return { state: 'i', why: String(error) };
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) {
    return { state: 'i', why: error.message };
  }
  const certain = error.severity === 'ERROR' && !unsure.test(error.code);
  return { state: certain ? 'f' : 'i', why: `${error.severity} ${error.code}: ${error.message}` };
}
