import { randomBytes } from 'node:crypto';
import type pg from 'pg';

const pattern = /^pgattest_copy_([0-9a-f]{8})_[0-9a-f]{8}$/;

/** The name of a new copy of the run with this key. */
export function copyName(key: string): string {
  return `pgattest_copy_${key}_${randomBytes(4).toString('hex')}`;
}

/** The key of the run that a copy belongs to; undefined for what is no copy. */
export function isCopyOf(name: string): string | undefined {
  return pattern.exec(name)?.[1];
}

/**
 * Copies that a run left which was killed: nobody is connected as that run any more. Those of this role alone, since nobody else
 * sees whose the sessions are.
 */
export async function orphanedCopies(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT d.datname::text AS name FROM pg_catalog.pg_database AS d
     WHERE d.datname ~ '^pgattest_copy_[0-9a-f]{8}_[0-9a-f]{8}$'
       AND pg_catalog.pg_get_userbyid(d.datdba) = session_user
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a
                       WHERE a.application_name = 'pgattest ' || pg_catalog.split_part(d.datname::text, '_', 3))
     ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}
