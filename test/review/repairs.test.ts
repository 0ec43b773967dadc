import { expect, test } from 'vitest';
import { reviewText } from './support.ts';

test('each known fault is named at its line, with what follows from it', async () => {
  const review = await reviewText(`CREATE SCHEMA a;
CREATE TABLE a.users (id uuid PRIMARY KEY);
CREATE TABLE orders (id uuid PRIMARY KEY, user_id uuid REFERENCES users (id));
CREATE INDEX ON orders (user_id);
CREATE TABLE "Größe" (id int, UNIQUE (id) WHERE id > 0);
CREATE POLICY p ON orders TO nobody_yet USING (true);
SELECT 'ä' || lower(x.id) FROM "Größe" x, users;
CREATE TYPE mood AS ENUM ('good', 'bad');
SELECT 'great'::mood;
SELECT total_time FROM pg_stat_statements;
DROP TABLE gone;`);
  const said = review.statements.map(({ line, cause, because, fixes }) => [
    line,
    cause,
    because,
    fixes.map(({ id }) => id).join(),
  ]);
  expect(said).toEqual([
    [3, 'first-order', undefined, 'other-schema'],
    [4, 'consequence', 3, ''],
    [5, 'first-order', undefined, 'unique-constraint'],
    [6, 'first-order', undefined, 'missing-role'],
    [7, 'hidden', 5, expect.stringContaining('other-schema')],
    [9, 'first-order', undefined, 'enum-value'],
    [10, 'first-order', undefined, 'missing-extension,renamed-column'],
    [11, 'first-order', undefined, 'drop-of-nothing'],
  ]);
  // lower(integer) has no known repair.
  expect(review.counts.failedAfterFixes).toBe(1);
});

test("a failure inside the document's own transaction undoes itself alone", async () => {
  const review = await reviewText(`CREATE TABLE t (a int);
BEGIN;
INSERT INTO t VALUES (1);
INSERT INTO nowhere VALUES (1);
INSERT INTO t VALUES (2);
COMMIT;
SELECT 1 / (count(*) - 2) FROM t;
VACUUM t;
CREATE INDEX CONCURRENTLY i ON t (a);`);
  expect(review.statements.map(({ line }) => line)).toEqual([4, 7]);
});

test('roles: made without powers, in a DO block, and asked for twice', async () => {
  const review = await reviewText(`CREATE ROLE app LOGIN CREATEROLE;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'other') THEN CREATE ROLE other; END IF; END $$;
CREATE TABLE t (a int);
GRANT SELECT ON t TO app, other;
ALTER TABLE t OWNER TO app;
CREATE ROLE app;`);
  // A superuser could give the table away; the scratch role may not, which is no fault of the document.
  expect(review.statements.map(({ line, asWritten }) => [line, asWritten.status])).toEqual([
    [5, 'not run'],
    [6, 'failed'],
  ]);
});

test('names that need quotes keep them in what is suggested', async () => {
  const review = await reviewText(
    'CREATE TABLE "Order" (id int, n int, CONSTRAINT "Only One" UNIQUE (id) WHERE n > 0, UNIQUE (coalesce(n, 0)));',
  );
  expect(review.counts.failedAfterFixes).toBe(0);
  expect(review.findings[0]?.fix).toContain('CREATE UNIQUE INDEX "Only One" ON "Order" (id) WHERE n > 0');
});
