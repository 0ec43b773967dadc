import { expect, test } from 'vitest';
import { splitStatements } from '../../src/cluster/sql-split.ts';

const texts = (sql: string) => splitStatements(sql).map(({ text }) => text);

test.each([
  ['SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
  [';; -- nothing;\n/* ; /* ; */ ; */ ;', []],
  ["SELECT ';', E'\\';', \"a;b\"; SELECT 'it''s;'", ["SELECT ';', E'\\';', \"a;b\"", "SELECT 'it''s;'"]],
  ['DO $$ BEGIN; END $$; DO $a$ $$;$$ $a$;', ['DO $$ BEGIN; END $$', 'DO $a$ $$;$$ $a$']],
  ['SELECT a$b$c; SELECT $1;', ['SELECT a$b$c', 'SELECT $1']],
  [
    'CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2); SELECT 3',
    ['CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)', 'SELECT 3'],
  ],
  [
    'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3',
    [
      'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END',
      'SELECT 3',
    ],
  ],
  ['BEGIN; SELECT 1; COMMIT', ['BEGIN', 'SELECT 1', 'COMMIT']],
  ["SELECT 'open; ", ["SELECT 'open;"]],
])('splits %s', (sql, expected) => {
  expect(texts(sql)).toEqual(expected);
});

test('tells where a statement begins', () => {
  const sql = '-- é𝄞\nSELECT 1;\n\n  SELECT 2;';
  for (const { text, start } of splitStatements(sql))
    expect(sql.slice(start, start + text.length)).toBe(text);
});

test('is linear', () => {
  const sql = 'INSERT INTO t VALUES (\'a\', "b", $$c$$); -- x\n'.repeat(50_000);
  const begin = performance.now();
  expect(splitStatements(sql)).toHaveLength(50_000);
  expect(performance.now() - begin).toBeLessThan(5_000);
});
