import type { Relation } from './catalog.ts';
import { type Query, rowsOf } from './query.ts';

/**
 * Runs a statement that reads one kind of fact for many relations. It takes their OIDs as `$1`, and says in its first
 * column `rank`, from 1, which of them a row is of. Relations are sorted, so sorting by rank sorts by identity, and
 * thousands of rows share one string for the identity.
 */
export async function factsOf<T>(
  query: Query,
  sql: string,
  relations: readonly Relation[],
): Promise<readonly (T & { readonly relation: string })[]> {
  const rows = await rowsOf<T & { readonly rank: number }>(query, sql, [relations.map(({ oid }) => oid)]);
  return rows.map(({ rank, ...fact }) => {
    const relation = relations[rank - 1];
    if (relation === undefined) throw new Error(`a fact of relation ${rank} of ${relations.length}`);
    return { relation: relation.identity, ...(fact as unknown as T) };
  });
}
