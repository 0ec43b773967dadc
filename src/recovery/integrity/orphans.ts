import type pg from 'pg';
import type { Seen } from '../model.ts';
import { type Looked, sightings, withinSavepoint, withoutIndexes } from './looked.ts';

/**
 * Foreign keys as queries for rows that refer to none, by names that are quoted by the server. Keys of partitions are looked at through
 * their whole table; ONLY leaves out the tables that inherit, for which a key does not hold.
 */
const keys = `SELECT format('%I on %s', k.conname, k.conrelid::regclass) AS name,
  format('SELECT count(*) AS orphans FROM %s%s AS f WHERE %s AND NOT EXISTS (SELECT FROM %s%s AS r WHERE %s)',
    CASE f.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END, k.conrelid::regclass,
    string_agg(format('f.%I IS NOT NULL', fa.attname), ' AND ' ORDER BY c.place),
    CASE r.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END, k.confrelid::regclass,
    string_agg(format('r.%I = f.%I', ra.attname, fa.attname), ' AND ' ORDER BY c.place)) AS statement
  FROM pg_catalog.pg_constraint AS k
  JOIN pg_catalog.pg_class AS f ON f.oid = k.conrelid
  JOIN pg_catalog.pg_class AS r ON r.oid = k.confrelid
  CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS c(own, other, place)
  JOIN pg_catalog.pg_attribute AS fa ON fa.attrelid = k.conrelid AND fa.attnum = c.own
  JOIN pg_catalog.pg_attribute AS ra ON ra.attrelid = k.confrelid AND ra.attnum = c.other
  WHERE k.contype = 'f' AND k.convalidated AND k.conparentid = 0
  GROUP BY k.oid, k.conname, k.conrelid, k.confrelid, f.relkind, r.relkind ORDER BY k.oid`;

/** Rows whose foreign key leads nowhere: the server checks it when a row is written, and never again. */
export async function seeOrphans(client: pg.Client): Promise<Seen[]> {
  await client.query(`BEGIN READ ONLY; ${withoutIndexes}`);
  try {
    const looked: Looked[] = [];
    const { rows } = await client.query<{ name: string; statement: string }>(keys);
    for (const { name, statement } of rows) {
      const wrong = await withinSavepoint(client, async () => {
        const found = Number((await client.query<{ orphans: string }>(statement)).rows[0]?.orphans);
        return found === 0 ? undefined : `${found} rows refer to none`;
      });
      looked.push({ object: name, wrong });
    }
    return sightings(
      {
        subject: 'foreign keys',
        way: 'rows that refer to none',
        statement: rows[0]?.statement ?? keys,
        expected: 'none',
      },
      looked,
    );
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}
