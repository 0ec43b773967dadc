import type pg from 'pg';
import { statementMs } from '../../cluster/server.ts';
import type { Fault, FaultTarget } from '../fault.ts';

const routine = 'public.pgattest_swallow';

/** A trigger that is always on, also where triggers are off, and lets no row in: whoever brings rows back is told of no error. */
export function insertsSwallowed(tables: readonly string[]): Fault {
  const inject = [
    `CREATE FUNCTION ${routine}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
    ...tables.flatMap((table) => [
      `CREATE TRIGGER pgattest_swallow BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ${routine}()`,
      `ALTER TABLE ${table} ENABLE ALWAYS TRIGGER pgattest_swallow`,
    ]),
  ].join('; ');
  const all = tables.join(', ');
  return {
    kind: 'inserts-swallowed',
    name: 'inserts-swallowed',
    object: all,
    says: `a trigger that is always on lets no row into ${all}, and says nothing`,
    statement: inject,
    scope: 'cluster',
    inject: (target) => onDatabase(target, (client) => client.query(inject)),
    heal: (target) =>
      onDatabase(target, (client) => client.query(`DROP FUNCTION IF EXISTS ${routine} CASCADE`)),
  };
}

/** In the database of the session, on a connection of its own: what it does must be committed. */
async function onDatabase(
  { session, cluster }: FaultTarget,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const [row] = await session.query('SELECT current_database() AS name');
  const client = await cluster?.primary.connect({ database: String(row?.name), statementMs });
  try {
    if (client !== undefined) await work(client);
  } finally {
    await client?.end();
  }
}
