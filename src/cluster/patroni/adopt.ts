import pg from 'pg';
import type { Postgres } from '../postgres.ts';
import type { ReplicationLogin } from '../replica.ts';
import { scramVerifier } from '../scram.ts';

/** What Patroni gives on the command line of every node: a replica that has less than its primary does not start. */
const shared = [
  'max_connections',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
  'max_replication_slots',
  'max_worker_processes',
  'track_commit_timestamp',
  'wal_level',
  'wal_keep_size',
] as const;

/** What pg_rewind reads of its source where it is no superuser (pg_rewind, notes). */
const rewinds = [
  'pg_ls_dir(text, boolean, boolean)',
  'pg_stat_file(text, boolean)',
  'pg_read_binary_file(text)',
  'pg_read_binary_file(text, bigint, bigint, boolean)',
] as const;

/** Gives the nodes an account on a primary that Patroni will take over, and reads what its replicas must have as well. */
export async function prepareAdoption(
  primary: Postgres,
  { user, password }: ReplicationLogin,
): Promise<Readonly<Record<string, string>>> {
  const client = await primary.connect();
  try {
    const role = pg.escapeIdentifier(user);
    await client.query(
      `CREATE ROLE ${role} LOGIN REPLICATION PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`,
    );
    for (const name of rewinds) await client.query(`GRANT EXECUTE ON FUNCTION pg_catalog.${name} TO ${role}`);
    const { rows } = await client.query<{ name: string; value: string }>(
      'SELECT name, current_setting(name) AS value FROM pg_catalog.pg_settings WHERE name = ANY ($1)',
      [shared],
    );
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  } finally {
    await client.end();
  }
}
