import pg from 'pg';
import { pointInTime } from './restore/point-in-time.ts';

/** A migration that commits: an UPDATE that forgot its WHERE gives every row to one tenant, and a column is dropped. */
export const badMigration = pointInTime({
  name: 'bad-migration',
  says: 'a migration gives every row to one tenant and drops a column, and commits',
  inflict: async (client, { design }) => {
    const table = design.data.tables[0]?.table;
    const column = table === undefined ? undefined : await droppable(client, table);
    const update =
      'UPDATE pgattest_ledger.entry SET tenant = (SELECT min(tenant) FROM pgattest_ledger.entry)';
    const drop =
      column === undefined ? [] : [`ALTER TABLE ${table} DROP COLUMN ${pg.escapeIdentifier(column)} CASCADE`];
    await client.query('BEGIN');
    const { rowCount } = await client.query(update);
    for (const statement of drop) await client.query(statement);
    await client.query('COMMIT');
    const others = await client.query<{ tenants: number }>(
      'SELECT count(DISTINCT tenant)::int AS tenants FROM pgattest_ledger.entry WHERE id <= (SELECT min(id) + 20 FROM pgattest_ledger.entry)',
    );
    const tenants = others.rows[0]?.tenants;
    return {
      subject: 'pgattest_ledger.entry',
      way: 'a migration that damages rows is committed',
      statement: ['BEGIN', update, ...drop, 'COMMIT'].join('; '),
      expected: 'all rows that were there are of one tenant',
      actual: `${rowCount ?? 0} rows were given away; the first are of ${tenants} tenants`,
      agrees: (rowCount ?? 0) > 0 && tenants === 1,
    };
  },
});

/** The last column that is no part of a partition key. */
async function droppable(client: pg.Client, table: string): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT a.attname::text AS name FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_partitioned_table p
                         WHERE p.partrelid = a.attrelid AND a.attnum = ANY (p.partattrs::int2[]))
      ORDER BY a.attnum DESC LIMIT 1`,
    [table],
  );
  return rows[0]?.name;
}
