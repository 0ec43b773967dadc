import type pg from 'pg';
import type { ValidDesign } from '../../../design/validate.ts';

/** A table whose rows belong to tenants. Names are quoted where they must be. */
export interface TenantTable {
  readonly table: string;
  /** The tenant, as text: an expression over `"row"`. */
  readonly tenant: string;
}

/** Rows of one tenant in several tables. */
export interface TenantRows {
  readonly tenant: string;
  readonly tables: readonly TenantTable[];
}

/** Those that the ledger's writers fill. Balances are left alone: they are sums, and go on while the rows are away. */
const ledgerTables: readonly TenantTable[] = [
  { table: 'pgattest_ledger.entry', tenant: '"row".tenant::text' },
  {
    table: 'pgattest_ledger.movement',
    tenant: '(SELECT e.tenant::text FROM pgattest_ledger.entry e WHERE e.id = "row".entry_id)',
  },
  { table: 'pgattest_ledger.audit', tenant: `"row"."row" ->> 'tenant'` },
];

/** Rows of the tenant that has most: of the ledger, and of the design where its rows have tenants. */
export async function tenantsToLose(
  client: pg.Client,
  { tenancy }: ValidDesign,
): Promise<readonly TenantRows[]> {
  const designs = await ordinary(client, tenancy?.tables ?? {});
  const found = await Promise.all([largest(client, ledgerTables), largest(client, designs)]);
  return found.filter((each) => each !== undefined);
}

/** Without views, and without partitions, whose rows are those of their parents. */
async function ordinary(
  client: pg.Client,
  tables: Readonly<Record<string, string>>,
): Promise<readonly TenantTable[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS name JOIN pg_catalog.pg_class c ON c.oid = to_regclass(name)
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition`,
    [Object.keys(tables)],
  );
  const names = new Set(rows.map(({ name }) => name));
  return Object.entries(tables)
    .filter(([table]) => names.has(table))
    .map(([table, tenant]) => ({ table, tenant: `(${tenant})::text` }));
}

async function largest(client: pg.Client, tables: readonly TenantTable[]): Promise<TenantRows | undefined> {
  const counts = new Map<string, number>();
  for (const { table, tenant } of tables) {
    const { rows } = await client.query<{ tenant: string; count: number }>(
      `SELECT tenant, count(*)::int AS count FROM (SELECT ${tenant} AS tenant FROM ${table} AS "row") AS each
        WHERE tenant IS NOT NULL GROUP BY 1`,
    );
    for (const { tenant: name, count } of rows) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  // Of equals the first by name: the same one each time.
  const [best] = [...counts].toSorted(([one, n], [other, m]) => m - n || (one < other ? -1 : 1));
  return best === undefined ? undefined : { tenant: best[0], tables };
}
