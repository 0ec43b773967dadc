import pg from 'pg';
import type { DataPlan } from '../../../src/design/data-plan.ts';

/** Rows and the sum of their hashes by table, of the columns that the plan gives, whatever order they lie in. */
export async function hashesOf(client: pg.Client, plan: DataPlan): Promise<Readonly<Record<string, string>>> {
  const hashes: Record<string, string> = {};
  for (const { table, columns } of plan.tables) {
    const given = Object.keys(columns).map((name) => `t.${pg.escapeIdentifier(name)}`);
    const { rows } = await client.query<{ hash: string }>(
      `SELECT count(*) || ' ' || coalesce(sum(hashtextextended(ROW(${given.join(', ')})::text, 0)::numeric), 0) AS hash FROM ${table} AS t`,
    );
    hashes[table] = rows[0]?.hash ?? '';
  }
  return hashes;
}
