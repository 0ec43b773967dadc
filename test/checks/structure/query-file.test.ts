import { afterAll, beforeAll, expect, test } from 'vitest';
import { structureQuery } from '../../../src/checks/structure/queries/query.ts';
import type { ValidDesign } from '../../../src/design/validate.ts';
import type { Stand } from '../hostile/bench.ts';
import { expectBroken, expectProved, openShop } from './shop/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openShop();
});
afterAll(() => stand?.close());

const file = 'queries/numbers.sql';
const check = {
  kind: 'structure.query',
  file,
  cases: [
    {
      says: 'one of four',
      given: 'DELETE FROM "sh op".numbers; INSERT INTO "sh op".numbers VALUES (1), (3)',
      asks: 'SELECT round(share, 2) FROM query ORDER BY last',
      expect: { values: [['0.25'], ['0.75']] },
    },
    {
      says: 'nothing',
      given: 'DELETE FROM "sh op".numbers; INSERT INTO "sh op".numbers VALUES (0)',
      asks: 'SELECT share FROM query',
      expect: { value: null },
    },
  ],
  without: [{ fault: 'file-changed', file, from: 'NULLIF(sum(last) OVER (), 0)', to: 'sum(last) OVER ()' }],
};

const patched = (from: string, to: string) => ({
  design: (design: ValidDesign): ValidDesign => ({
    ...design,
    config: { ...design.config, [file]: (design.config[file] ?? '').replace(from, to) },
  }),
});

test('a file that holds a query is run, in each case', async () => {
  expect(await expectProved(stand, check)).toBe(2);
});

test.each([
  ['NULLIF(sum(last) OVER (), 0)', 'sum(last) OVER ()', 'a query fails: division by zero (22012)'],
  [
    'AS share',
    'AS part',
    'a query answers wrongly, one of four: 42703: column "share" does not exist, expected (0.25), (0.75)',
  ],
  [
    'last::numeric',
    '2 * last::numeric',
    'a query answers wrongly, one of four: (0.50), (1.50), expected (0.25), (0.75)',
  ],
  ['numbers', 'no_numbers', 'a query fails: relation "sh op.no_numbers" does not exist (42P01)'],
])('%j made %j is told', async (from, to, says) => {
  expect(await expectBroken(stand, check, patched(from, to))).toMatchObject({
    object: `query ${file}`,
    says,
  });
});

test('a file that is not there is told', async () => {
  expect(await expectBroken(stand, { kind: check.kind, file: 'none.sql' })).toMatchObject({
    object: 'file none.sql',
    actual: 'no such file',
  });
});

test('a query is either in the claim or in a file', () => {
  const parse = (call: object) => structureQuery.parameters.safeParse({ kind: check.kind, ...call }).success;
  expect([parse({ sql: 'SELECT 1' }), parse({ file }), parse({}), parse({ sql: 'SELECT 1', file })]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
