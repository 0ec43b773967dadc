import { beforeAll, describe, expect, test } from 'vitest';
import type { Review } from '../../src/review/index.ts';
import { linesOf, reviewText } from './support.ts';

const text = `CREATE TABLE org (id int PRIMARY KEY, at timestamp, updated_at timestamptz);
CREATE TABLE item (id int PRIMARY KEY, org_id int REFERENCES org (id), slug text UNIQUE);
CREATE TABLE empty (id int PRIMARY KEY);
CREATE TABLE bare (id int PRIMARY KEY);
CREATE INDEX item_slug ON item (slug);
ALTER TABLE item ENABLE ROW LEVEL SECURITY;
SELECT 1;
ALTER TABLE empty ENABLE ROW LEVEL SECURITY;
CREATE POLICY item_all ON item USING (org_id = 1);
CREATE VIEW items AS SELECT * FROM item;
CREATE VIEW safe_items WITH (security_invoker = true) AS SELECT * FROM item;
CREATE MATERIALIZED VIEW cached AS SELECT * FROM item;
CREATE FUNCTION loose() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
CREATE FUNCTION tight() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION tight() FROM PUBLIC;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE log (at timestamptz) PARTITION BY RANGE (at);
CREATE TABLE log_old PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');`;

describe('what loaded', () => {
  let review: Review;
  beforeAll(async () => {
    review = await reviewText(text);
  });

  test.each([
    ['rls.disabled', [1, 4, 17]],
    ['rls.no-permissive-policy', [3]],
    ['rls.not-forced', [2]],
    ['views.owner-rights', [10]],
    ['exposed.materialized-or-foreign', [12]],
    ['functions.definer', [13, 13]],
    ['index.foreign-key', [2]],
    ['index.redundant', [5]],
    ['partition.none-for-now', [17]],
    ['column.timestamp-without-time-zone', [1]],
    ['trigger.function-unused', [16]],
    ['trigger.updated-at', [1]],
  ])('%s at lines %j', (rule, lines) => {
    expect(linesOf(review, rule)).toEqual(lines);
  });

  test('all statements work, so nothing is an error', () => {
    expect(review.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
