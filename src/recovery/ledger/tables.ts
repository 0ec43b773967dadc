/** Each names what must be there to compare with; gives those that are not. */
export const missingSql = /* sql */ `
SELECT name FROM (VALUES ('account'), ('entry'), ('movement'), ('audit')) AS needed (name)
WHERE to_regclass('pgattest_ledger.' || name) IS NULL`;

/** The rows themselves, not what an index says of them: indexes are what breaks first, and hides what is gone. */
export const sessionSql = /* sql */ `
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL search_path = pg_catalog;
SET LOCAL statement_timeout = 0;
SET LOCAL work_mem = '64MB';
SET LOCAL row_security = off;
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
SET LOCAL enable_bitmapscan = off`;

/** Each entry, in the order of ids, and whether the other rows of its transaction are there and say the same. */
export const entriesSql = /* sql */ `
DECLARE entries NO SCROLL CURSOR FOR
WITH moved AS (
  SELECT entry_id, count(*) AS rows,
    min(account) FILTER (WHERE amount < 0) AS source, min(account) FILTER (WHERE amount > 0) AS target,
    min(amount) AS taken, max(amount) AS given
  FROM pgattest_ledger.movement GROUP BY entry_id
), recorded AS (
  SELECT entry_id, count(*) AS rows, min(operation) AS operation, (array_agg("row"))[1] AS "row"
  FROM pgattest_ledger.audit GROUP BY entry_id
)
SELECT e.writer, e.number, e.tenant,
  coalesce(m.rows = 2 AND m.source = e.moved_from AND m.target = e.moved_to
    AND m.taken = -e.amount AND m.given = e.amount AND e.amount = 1 + e.number % 97
    AND r.rows = 1 AND r.operation = 'INSERT' AND r."row" = jsonb_build_object('id', e.id, 'writer', e.writer,
      'number', e.number, 'tenant', e.tenant, 'amount', e.amount), false) AS whole
FROM pgattest_ledger.entry e LEFT JOIN moved m ON m.entry_id = e.id LEFT JOIN recorded r ON r.entry_id = e.id
ORDER BY e.id`;

export const nextEntriesSql = /* sql */ `FETCH FORWARD 20000 FROM entries`;

/** Records of entries that are not there. */
export const remnantsSql = /* sql */ `
DECLARE remnants NO SCROLL CURSOR FOR
SELECT a."row" ->> 'writer' AS writer, a."row" ->> 'number' AS number
FROM pgattest_ledger.audit a WHERE NOT EXISTS (SELECT FROM pgattest_ledger.entry e WHERE e.id = a.entry_id)`;

export const nextRemnantsSql = /* sql */ `FETCH FORWARD 20000 FROM remnants`;

/** How many there are of what must not be. */
export const invariants: readonly { readonly says: string; readonly sql: string }[] = [
  {
    says: 'the balance of each account is the sum of its movements',
    sql: /* sql */ `
SELECT count(*) FROM pgattest_ledger.account a
FULL JOIN (SELECT account, sum(amount) AS sum FROM pgattest_ledger.movement GROUP BY account) m ON m.account = a.id
WHERE a.balance IS DISTINCT FROM m.sum`,
  },
  {
    says: 'the balances of each tenant add up to 0',
    sql: /* sql */ `
SELECT count(*) FROM (SELECT FROM pgattest_ledger.account GROUP BY tenant HAVING sum(balance) <> 0) AS off`,
  },
  {
    says: 'each movement is of an entry that is there',
    sql: /* sql */ `
SELECT count(*) FROM pgattest_ledger.movement m
WHERE NOT EXISTS (SELECT FROM pgattest_ledger.entry e WHERE e.id = m.entry_id)`,
  },
  {
    says: 'each entry has two movements, which cancel out',
    sql: /* sql */ `
SELECT count(*) FROM pgattest_ledger.entry e
LEFT JOIN (SELECT entry_id, count(*) AS rows, sum(amount) AS sum FROM pgattest_ledger.movement GROUP BY entry_id) m
  ON m.entry_id = e.id
WHERE m.rows IS DISTINCT FROM 2 OR m.sum IS DISTINCT FROM 0`,
  },
  {
    says: 'each entry has its audit record, once',
    sql: /* sql */ `
SELECT count(*) FROM pgattest_ledger.entry e
LEFT JOIN (SELECT entry_id, count(*) AS rows FROM pgattest_ledger.audit GROUP BY entry_id) a ON a.entry_id = e.id
WHERE a.rows IS DISTINCT FROM 1`,
  },
  {
    says: 'no audit record is of an entry that is not there',
    sql: /* sql */ `
SELECT count(*) FROM pgattest_ledger.audit a
WHERE NOT EXISTS (SELECT FROM pgattest_ledger.entry e WHERE e.id = a.entry_id)`,
  },
  {
    says: 'no id is there twice',
    sql: /* sql */ `
SELECT count(*) FROM (SELECT FROM pgattest_ledger.entry GROUP BY id HAVING count(*) > 1
  UNION ALL SELECT FROM pgattest_ledger.audit GROUP BY id HAVING count(*) > 1) AS twice`,
  },
  {
    says: 'the sequences are not behind the ids',
    sql: /* sql */ `
SELECT count(*) FROM (
  SELECT max(id) AS id, pg_sequence_last_value(pg_get_serial_sequence('pgattest_ledger.entry', 'id')::regclass) AS last
  FROM pgattest_ledger.entry
  UNION ALL
  SELECT max(id), pg_sequence_last_value(pg_get_serial_sequence('pgattest_ledger.audit', 'id')::regclass)
  FROM pgattest_ledger.audit) AS at
WHERE id > coalesce(last, 0)`,
  },
];
