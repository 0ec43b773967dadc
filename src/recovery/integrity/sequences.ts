import type pg from 'pg';
import type { Seen } from '../model.ts';
import { type Looked, sightings, withinSavepoint, withoutIndexes } from './looked.ts';

/** Each column that a sequence fills: as its identity, or by a default. Sequences that go down or round have no highest value. */
const filled = `SELECT DISTINCT d.sequence::regclass::text AS name,
  format('SELECT s.last_value::text AS last, m.highest::text AS highest,
      m.highest > CASE WHEN s.is_called THEN s.last_value ELSE s.last_value - %s END AS behind
    FROM %s AS s, (SELECT max(%I)::int8 AS highest FROM %s) AS m',
    q.seqincrement, d.sequence::regclass, a.attname, d.relation::regclass) AS statement
  FROM (
    SELECT objid AS sequence, refobjid AS relation, refobjsubid AS attnum FROM pg_catalog.pg_depend
    WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype = 'i' AND refobjsubid > 0
    UNION
    SELECT p.refobjid, t.adrelid, t.adnum FROM pg_catalog.pg_depend AS p
    JOIN pg_catalog.pg_attrdef AS t ON t.oid = p.objid
    WHERE p.classid = 'pg_attrdef'::regclass AND p.refclassid = 'pg_class'::regclass
  ) AS d
  JOIN pg_catalog.pg_sequence AS q ON q.seqrelid = d.sequence
  JOIN pg_catalog.pg_class AS c ON c.oid = d.relation AND NOT c.relispartition
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.relation AND a.attnum = d.attnum
    AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
  WHERE q.seqincrement > 0 AND NOT q.seqcycle ORDER BY 1, 2`;

/** A sequence that is behind its column gives a number again that is taken. */
export async function seeSequences(client: pg.Client): Promise<Seen[]> {
  await client.query(`BEGIN READ ONLY; ${withoutIndexes}`);
  try {
    const looked: Looked[] = [];
    const { rows } = await client.query<{ name: string; statement: string }>(filled);
    for (const { name, statement } of rows) {
      const wrong = await withinSavepoint(client, async () => {
        const [row] = (await client.query<{ last: string; highest: string; behind: boolean }>(statement))
          .rows;
        return row?.behind === true ? `at ${row.last}, and ${row.highest} is taken` : undefined;
      });
      looked.push({ object: name, wrong });
    }
    return sightings(
      {
        subject: 'sequences',
        way: 'against the highest value of the column',
        statement: rows[0]?.statement ?? filled,
        expected: 'at or beyond it',
      },
      looked,
    );
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}
