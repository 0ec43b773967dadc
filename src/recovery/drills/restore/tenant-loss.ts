import pg from 'pg';
import { enterReplica } from '../../../data/fill.ts';
import type { TenantRows } from './tenant-tables.ts';

export interface TenantLoss {
  readonly rows: number;
  /** Where the WAL was just before the loss was committed: all that was deleted is there at that place. */
  readonly lsn: string;
  readonly statement: string;
}

/** Triggers of the design that refuse a DELETE from whoever it comes, a superuser who is wrong too: who can, switches them off. */
const guardsSql = `SELECT tgrelid::regclass::text AS table, quote_ident(tgname) AS name FROM pg_catalog.pg_trigger
  WHERE tgenabled = 'A' AND NOT tgisinternal AND tgtype::int & 8 <> 0 ORDER BY tgrelid, tgname`;

/**
 * Deletes the rows of tenants from every table that has some, in one transaction with one snapshot, as a script does that closes the
 * wrong account. Triggers and foreign keys are off: what goes is exactly the rows of the tenants.
 */
export async function loseTenants(client: pg.Client, all: readonly TenantRows[]): Promise<TenantLoss> {
  const statements: string[] = [];
  const run = async (statement: string) => {
    statements.push(statement);
    return (await client.query(statement)).rowCount ?? 0;
  };
  await run('BEGIN ISOLATION LEVEL REPEATABLE READ');
  try {
    await run(enterReplica);
    // Whose a row is may be said by another: all are found before the first goes.
    const doomed = all.flatMap(({ tenant, tables }) => tables.map((each) => ({ ...each, of: tenant })));
    for (const [index, { table, tenant, of }] of doomed.entries()) {
      await run(
        `CREATE TEMP TABLE doomed_${index} ON COMMIT DROP AS SELECT "row".tableoid AS part, "row".ctid AS place ` +
          `FROM ${table} AS "row" WHERE ${tenant} = ${pg.escapeLiteral(of)}`,
      );
    }
    const guards = (await client.query<{ table: string; name: string }>(guardsSql)).rows;
    for (const { table, name } of guards) await run(`ALTER TABLE ${table} DISABLE TRIGGER ${name}`);
    let rows = 0;
    for (const [index, { table }] of doomed.entries()) {
      rows += await run(
        `DELETE FROM ${table} AS t USING doomed_${index} AS d WHERE t.tableoid = d.part AND t.ctid = d.place`,
      );
    }
    for (const { table, name } of guards) await run(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${name}`);
    const lsn = await beforeCommit(client);
    await run('COMMIT');
    return { rows, lsn, statement: statements.join('; ') };
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** A record after that place keeps it apart from the commit: recovery goes on to the end of the first one that begins there. */
async function beforeCommit(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
  await client.query("SELECT pg_logical_emit_message(false, 'pgattest', 'before the loss')");
  return rows[0]?.lsn ?? '';
}
