import { describe, expect, test } from 'vitest';
import { globOf } from '../../src/design/glob.ts';
import type { Fate, MutantResult } from '../../src/mutation/report.ts';
import { countOf, declare, groupsOf } from '../../src/mutation/score.ts';

const result = (id: string, fate: Fate, group = 'app.t'): MutantResult => ({
  id,
  operator: 'negated',
  object: 'policy p',
  group,
  says: 'is changed',
  statement: 'SELECT 1',
  fate,
  ...(fate === 'killed' ? { by: { claim: 'd.rls.t.select', says: 'reads too much', object: 'p' } } : {}),
});

describe('the score', () => {
  test('leaves out invalid and equivalent mutants, and counts a stumble as survived', () => {
    const fates: Fate[] = ['killed', 'killed', 'survived', 'stumbled', 'equivalent', 'invalid'];
    expect(countOf(fates.map((fate, n) => result(`d.p/${n}`, fate)))).toEqual({
      mutants: 5,
      killed: 2,
      equivalent: 1,
      survived: 2,
      score: 50,
    });
  });

  test('is rounded down, so that 100 means all', () => {
    const results = Array.from({ length: 30_000 }, (_, n) =>
      result(`d.p/${n}`, n === 0 ? 'survived' : 'killed'),
    );
    expect(countOf(results).score).toBe(99.99);
  });

  test('is 100 without a mutant', () => expect(countOf([]).score).toBe(100));

  test('is added up by table', () => {
    const groups = groupsOf([
      result('a', 'killed', 'app.b'),
      result('b', 'survived', 'app.a'),
      result('c', 'killed', 'app.b'),
    ]);
    expect(groups.map(({ group, killed, survived }) => [group, killed, survived])).toEqual([
      ['app.b', 2, 0],
      ['app.a', 0, 1],
    ]);
  });
});

describe('a declared equivalent', () => {
  const reason = 'nobody can see it';
  const results = [
    result('d.p/negated/1', 'survived'),
    result('d.p/negated/2', 'killed'),
    result('d.p/widened/1', 'invalid'),
  ];

  test('takes a survivor out of the score, with its reason', () => {
    const { mutants, misdeclared } = declare(results, [{ mutant: 'd.p/negated/1', reason }], true);
    expect(mutants[0]).toMatchObject({ fate: 'equivalent', reason });
    expect(misdeclared).toEqual([]);
  });

  test.each([
    ['killed', 'd.p/negated/2', 'killed by d.rls.t.select: reads too much'],
    ['invalid', 'd.p/widened/1', 'its SQL is refused'],
    ['not there', 'd.p/negated/9', 'there is no such mutant'],
  ])('is wrong when the mutant is %s', (_, mutant, why) => {
    expect(declare(results, [{ mutant, reason }], true).misdeclared).toEqual([{ mutant, why }]);
  });

  test('may fit several, of which each must survive', () => {
    const { mutants, misdeclared } = declare(results, [{ mutant: 'd.p/negated/*', reason }], true);
    expect(mutants.map(({ fate }) => fate)).toEqual(['equivalent', 'killed', 'invalid']);
    expect(misdeclared.map(({ mutant }) => mutant)).toEqual(['d.p/negated/2']);
  });

  test('is not missed where only some mutants were run', () => {
    expect(declare(results, [{ mutant: 'd.q/negated/1', reason }], false).misdeclared).toEqual([]);
  });

  test('may hold what a pattern would read otherwise', () => {
    const id = 'h."my ""sch.ema"" é"."a (b)[c]".p+?/negated/1';
    expect(globOf(id).test(id)).toBe(true);
    expect(globOf('h.*/negated/1').test(id)).toBe(true);
    expect(globOf('h.my').test('hxmy')).toBe(false);
  });
});
