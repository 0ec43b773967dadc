import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../src/checks/access/predicate.ts';
import { implies } from '../../src/mutation/implication.ts';
import { parseExpression } from '../../src/mutation/tree.ts';

beforeAll(loadParser);

const does = (one: string, other: string) => implies(parseExpression(one), parseExpression(other));

describe('a condition implies another', () => {
  test.each([
    ['a = 1', 'a = 1'],
    ['a AND b', 'b'],
    ['a', 'a OR b'],
    ['a AND (b OR c)', 'c OR b'],
    ['a OR b', 'b OR (c OR a)'],
    ['a AND b', '(a OR c) AND b'],
    ['a', 'true'],
    ['false', 'a'],
    ['EXISTS (SELECT FROM t WHERE x AND y)', 'EXISTS (SELECT FROM t WHERE y)'],
    ['a IN (SELECT b FROM t WHERE x)', 'a IN (SELECT b FROM t)'],
  ])('%s: %s', (one, other) => expect(does(one, other)).toBe(true));

  test.each([
    ['a', 'a AND b'],
    ['a OR b', 'a'],
    ['a = 1', 'a = 2'],
    ['NOT a', 'a'],
    ['NOT (a AND b)', 'NOT a'],
    ['EXISTS (SELECT FROM t WHERE y)', 'EXISTS (SELECT FROM t WHERE x AND y)'],
    ['EXISTS (SELECT FROM t WHERE x AND y)', 'EXISTS (SELECT FROM u WHERE y)'],
    ['a IN (SELECT max(b) FROM t WHERE x AND y)', 'a IN (SELECT max(b) FROM t WHERE y)'],
    ['a IN (SELECT b FROM t WHERE x AND y LIMIT 1)', 'a IN (SELECT b FROM t WHERE y LIMIT 1)'],
    ['a = ALL (SELECT b FROM t WHERE x AND y)', 'a = ALL (SELECT b FROM t WHERE y)'],
  ])('not %s: %s', (one, other) => expect(does(one, other)).toBe(false));
});
