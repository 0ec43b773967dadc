import type pg from 'pg';
import type { Query } from '../../src/catalog/index.ts';
import { type CatalogFinding, findIn } from '../../src/findings/index.ts';
import { nameOf } from '../../src/findings/subject.ts';

export function queryOf(client: pg.Client): Query {
  return async (sql, values = []) => (await client.query(sql, [...values])).rows;
}

/** What a repaired design must not have. */
export function grave({ severity }: CatalogFinding): boolean {
  return severity !== 'note';
}

/** Findings as `id: object`, each once; in a read-only transaction of their own, or in the one that is open. */
export async function findWith(
  client: pg.Client,
  which: (finding: CatalogFinding) => boolean = () => true,
  own = true,
): Promise<readonly string[]> {
  if (own) await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  const { findings } = await findIn(queryOf(client), { of: 'database' });
  if (own) await client.query('ROLLBACK');
  return [...new Set(findings.filter(which).map(({ id, subject }) => `${id}: ${nameOf(subject)}`))];
}
