import { expect, test } from 'vitest';
import { forPsql, interpolate } from '../../../src/checks/structure/behaviour/steps/variables.ts';

const variables = new Map([
  ['it.id', '1'],
  ['it.na"me', "o'ne\\"],
  ['it.none', null],
  ["actor.o'ne.id", '2'],
]);

test.each([
  [`a = :'it.id'::int`, `a = '1'::int`],
  [`f(:'it.none',:'it.id')`, `f(NULL,'1')`],
  [`:'it.na"me'`, `E'o''ne\\\\'`],
  [`:'actor.o''ne.id'`, `'2'`],
  [`'as of:' || 'x'`, `'as of:' || 'x'`],
  [`'{"a":''b''}'`, `'{"a":''b''}'`],
  [`a::text, ':' || x || ':'`, `a::text, ':' || x || ':'`],
])('%s becomes %s', (sql, expected) => {
  expect(interpolate(sql, variables)).toBe(expected);
});

test('a name without a value is a mistake', () => {
  expect(() => interpolate(`SELECT :'it.no'`, variables)).toThrow(`nothing has saved :'it.no'`);
});

test('psql keeps what is saved in variables of its own', () => {
  expect(forPsql(`:'it.id' = :'actor.o''ne.id'`, variables)).toBe(`:'it_id' = '2'`);
});
