import { beforeAll, describe, expect, test } from 'vitest';
import { classify } from '../../src/review/classify.ts';
import { statementsOf } from '../../src/review/statements.ts';
import { loadParser } from '../../src/review/tree.ts';

beforeAll(loadParser);

const split = (text: string) =>
  statementsOf({ language: 'sql', text, line: 10, endLine: 10 }).map((each) => [each.line, each.text]);

describe('statements', () => {
  test('have the line of their first word', () => {
    expect(split('-- a\nSELECT 1;\n\n/* b */ SELECT\n 2')).toEqual([
      [11, 'SELECT 1'],
      [13, 'SELECT\n 2'],
    ]);
  });

  test.each([
    ['an open quote', "INSERT INTO t VALUES ('a);\nSELECT 1;\nSELECT 2;"],
    ['an open bracket', 'CREATE TABLE t (a int;\nSELECT 1;\nSELECT 2;'],
    ['an open body', 'CREATE FUNCTION f() RETURNS int AS $$ SELECT 1;\nSELECT 1;\nSELECT 2;'],
  ])('%s does not take the next ones with it', (_, text) => {
    expect(split(text).slice(1)).toEqual([
      [11, 'SELECT 1'],
      [12, 'SELECT 2'],
    ]);
  });

  test('a syntax error in front of a body leaves the body whole', () => {
    const text =
      'CREATE FUNKTION f() RETURNS void AS $$\nBEGIN\n  UPDATE a SET b = 1;\n  SELECT 1;\nEND $$;\nSELECT 2;';
    expect(split(text).map(([line]) => line)).toEqual([10, 15]);
  });

  test('commands of psql and rows of COPY end where psql ends them', () => {
    expect(split('\\c app\nCOPY t FROM stdin;\n1\ta;b\n\\.\nSELECT 1;').map(([line]) => line)).toEqual([
      10, 11, 14,
    ]);
  });
});

describe('classes', () => {
  test.each([
    ['SELECT 1', 'statement'],
    ['SELECT * FROM a WHERE b = $1', 'template'],
    ['SELECT * FROM a WHERE b = :id AND c::int = 1', 'template'],
    ['UPDATE a SET b = ? WHERE c = ?', 'template'],
    ["SELECT ':id', '?'", 'statement'],
    ['id uuid PRIMARY KEY,\nname text', 'fragment'],
    ['CREATE TABLE a (\n  ...\n)', 'fragment'],
    ['GRANT SELECT ON <table> TO <role>', 'fragment'],
    ['CREATE TABLE a (b int UNIQUE WHERE c)', 'statement'],
    ['\\dt', 'psql'],
    ['SELECT 1 \\gexec', 'psql'],
  ])('%s is a %s', (text, role) => {
    expect(classify(text).role).toBe(role);
  });

  test.each([
    'DROP DATABASE a',
    'CREATE DATABASE a',
    'ALTER SYSTEM SET work_mem = 1',
    "COPY a TO PROGRAM 'x'",
    "COPY a FROM '/x'",
    'COPY a FROM stdin',
    "LOAD 'x'",
    "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
    "CREATE TABLESPACE t LOCATION '/x'",
    'CREATE SERVER s FOREIGN DATA WRAPPER f',
    'ALTER DATABASE a RENAME TO b',
  ])('%s is not run', (text) => {
    expect(classify(text).refusal).toBeTypeOf('string');
  });
});
