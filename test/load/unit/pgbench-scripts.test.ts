import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeckHeader, DeckTransaction } from '../../../src/load/deck/model.ts';
import { argumentsOf, environmentOf, sharesOf } from '../../../src/load/pgbench/arguments.ts';
import { scriptsOf } from '../../../src/load/pgbench/deck-scripts.ts';
import { literal, scriptStatement } from '../../../src/load/pgbench/script-sql.ts';
import { sqlPieces } from '../../../src/load/pgbench/sql-pieces.ts';

describe('a statement in a script', () => {
  const stand = (number: number) => `:v${number}`;

  test.each([
    ['SELECT * FROM t WHERE id = $1::uuid AND n > $2', 'SELECT * FROM t WHERE id = :v1::uuid AND n > :v2;'],
    ['SELECT \'$1\', "$1", $$ $1 $$, e$1 -- $1\n, $1;', "SELECT '$1', \"$1\", ' $1 ', e$1   , :v1;"],
    [`SELECT '{"a":true}'::jsonb -> $1`, String.raw`SELECT E'{"a"\x3atrue}'::jsonb -> :v1;`],
    ["SELECT 'it''s :x \\ y'", String.raw`SELECT E'it''s \x3ax \\ y';`],
    [String.raw`SELECT E'a\'b:c', $q$a:b'c$q$`, String.raw`SELECT E'a\'b\x3ac', E'a\x3ab''c';`],
    ['SELECT a[1:2] /* :x ; */\n FROM t;\n', 'SELECT a[1:2]    FROM t;'],
  ])('%s', (sql, script) => {
    expect(scriptStatement(sql, 's', stand)).toBe(script);
  });

  test.each([
    ['SELECT a[lower:upper] FROM t', /^s: :upper would be a variable of pgbench; /],
    ['SELECT ":a"', /^s: ":a" would be a variable/],
    ['SELECT 1; SELECT 2', /more than one statement/],
  ])('%s is refused', (sql, message) => {
    expect(() => scriptStatement(sql, 's', stand)).toThrow(message);
  });

  const spoilers = fc
    .array(fc.constantFrom("'", '"', ':', '\\', '\n', '\r', '$', '$$', 'a', 'E', ';', '-- ', '/*', 'ü', ' '))
    .map((parts) => parts.join(''));

  test('no text has anything in it that pgbench would take for its own', () => {
    fc.assert(
      fc.property(spoilers, (text) => {
        const written = literal(text);
        expect(written).not.toMatch(/[:\n\r]/);
        expect(sqlPieces(written)).toHaveLength(1);
      }),
    );
  });
});

const header: DeckHeader = {
  schema: 'pgattest.deck/1',
  design: 'd',
  mix: 'mixed',
  statements: [
    { name: 'task.by-id', kind: 'read', sql: 'SELECT * FROM task WHERE id = $1' },
    { name: 'task.add', kind: 'write', sql: 'INSERT INTO task VALUES ($1, $2)' },
  ],
  role: 'app "user"',
  settingsLast: 'transaction',
};
const browse = (id: string): DeckTransaction => ({
  transaction: 'browse',
  tenant: 't',
  settings: { 'app.user': 'u 1' },
  calls: [
    [0, [id]],
    [0, [`${id}b`]],
  ],
});
const add = (note: string | null): DeckTransaction => ({
  transaction: 'add',
  tenant: 't',
  settings: {},
  calls: [[1, ['1', note], { rows: 1 }]],
});

describe('a deck as scripts', () => {
  test('with its values as literals', () => {
    const { scripts, protocol, table } = scriptsOf(header, [browse('a:b'), add(null)], {
      pipeline: true,
      values: 'literals',
    });
    expect([protocol, table]).toEqual(['prepared', undefined]);
    expect(scripts).toEqual([
      {
        name: 'browse#1',
        as: 'browse',
        holds: [{ statement: 'task.by-id', kind: 'read', count: 2 }],
        sql: [
          '\\startpipeline',
          'BEGIN;',
          'SET LOCAL ROLE "app ""user""";',
          "SELECT set_config('app.user', 'u 1', true);",
          String.raw`SELECT * FROM task WHERE id = E'a\x3ab';`,
          String.raw`SELECT * FROM task WHERE id = E'a\x3abb';`,
          'COMMIT;',
          '\\endpipeline\n',
        ].join('\n'),
      },
      {
        name: 'add#2',
        as: 'add',
        holds: [{ statement: 'task.add', kind: 'write', count: 1 }],
        sql: '\\startpipeline\nBEGIN;\nSET LOCAL ROLE "app ""user""";\nINSERT INTO task VALUES (\'1\', NULL);\nCOMMIT;\n\\endpipeline\n',
      },
    ]);
  });

  test('with its values in a table: as many scripts as there are shapes', () => {
    const { scripts, table } = scriptsOf(header, [browse('a'), browse("b'"), add(null), add('x')], {
      pipeline: false,
      values: 'table',
    });
    expect(scripts.map((script) => [script.as, script.weight])).toEqual([
      ['browse', 2],
      ['add', 1],
      ['add', 1],
    ]);
    expect(scripts[0]).toMatchObject({
      sql: `\\set n random(1, 2)
SELECT n AS vn, v1, v2, v3 FROM pgattest_deck WHERE shape = 0 AND n = :n \\gset
BEGIN;
SET LOCAL ROLE "app ""user""";
SELECT set_config('app.user', :v1, true);
SELECT * FROM task WHERE id = :v2;
SELECT * FROM task WHERE id = :v3;
COMMIT;
`,
    });
    expect([...(table?.fill() ?? [])]).toEqual([
      "INSERT INTO pgattest_deck (shape, n, v1, v2, v3) VALUES (0, 1, 'u 1', 'a', 'ab'), (0, 2, 'u 1', 'b''', 'b''b')",
      "INSERT INTO pgattest_deck (shape, n, v1) VALUES (1, 1, '1')",
      "INSERT INTO pgattest_deck (shape, n, v1, v2) VALUES (2, 1, '1', 'x')",
      'ANALYZE pgattest_deck',
    ]);
  });

  test('says what pgbench cannot take', () => {
    const many = Array.from({ length: 129 }, (_, at) => browse(String(at)));
    expect(() => scriptsOf(header, many, { pipeline: true, values: 'literals' })).toThrow(
      /129 transactions, and pgbench takes 128 scripts; take fewer of them, or values: 'table'/,
    );
    expect(scriptsOf(header, many, { pipeline: true, values: 'table' }).scripts).toHaveLength(1);
    const short: DeckTransaction = { ...browse('a'), calls: [[1, ['1']]] };
    expect(() => scriptsOf(header, [short], { pipeline: true, values: 'literals' })).toThrow(
      /^task\.add: \$2 has no value/,
    );
  });
});

test('clients, rate and seeds are shared out among processes', () => {
  const shares = sharesOf({ clients: 5, processes: 2, rate: 100, seed: 3, log: { folder: '/l' } });
  expect(shares).toEqual([
    { clients: 3, rate: 60, seed: '3', logPrefix: 'pgbench_log-0' },
    { clients: 2, rate: 40, seed: '4', logPrefix: 'pgbench_log-1' },
  ]);
});

test('a password goes by the environment alone', () => {
  const connection = {
    host: '/s',
    user: 'u',
    database: '-d',
    password: 's3cret',
    sslMode: 'require' as const,
  };
  const given = argumentsOf({ connection }, { clients: 1 }, []);
  expect(given.join(' ')).not.toContain('s3cret');
  expect(given.slice(-4)).toEqual(['--host=/s', '--username=u', '--', '-d']);
  expect(environmentOf(connection)).toEqual({ LC_ALL: 'C', PGPASSWORD: 's3cret', PGSSLMODE: 'require' });
});
