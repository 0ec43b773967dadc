import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Exercise, isDecidedByOne, overVector, vectorSql } from '../../../src/checks/access/exercise.ts';
import { loadParser, type Predicate, parsePredicate } from '../../../src/checks/access/predicate.ts';

beforeAll(loadParser);

function missing(text: string, vectors: readonly string[]): string[] {
  const exercise = new Exercise([parsePredicate(text)]);
  for (const vector of vectors) exercise.note(vector);
  return exercise.missing();
}

describe('an atom is exercised when it alone decides, both ways', () => {
  test.each([
    ['one atom', 'a', ['1', '0'], []],
    ['only allowed', 'a', ['1'], ['no row is refused because of it: a']],
    ['only refused', 'a', ['0'], ['no row is allowed because of it: a']],
    ['no row at all', 'a', [], ['no row is allowed because of it, and none refused because of it: a']],
    ['AND', 'a AND b', ['11', '01', '10'], []],
    [
      'AND, where both are false at once',
      'a AND b',
      ['11', '00'],
      ['no row is refused because of it: a', 'no row is refused because of it: b'],
    ],
    ['OR', 'a OR b', ['10', '01', '00'], []],
    [
      'OR, where both are true at once',
      'a OR b',
      ['11', '00'],
      ['no row is allowed because of it: a', 'no row is allowed because of it: b'],
    ],
    ['AND of OR', 'a AND (b OR c)', ['110', '101', '100', '010'], []],
    ['constants need no row', 'true', [], []],
    ['a constant beside an atom', 'true AND a', ['11', '10'], []],
  ])('%s', (_, text, vectors, expected) => {
    expect(missing(text as string, vectors as string[])).toEqual(expected);
  });

  test('each of several predicates is judged on its own part of the vector', () => {
    const exercise = new Exercise([parsePredicate('a AND b'), parsePredicate('c')]);
    for (const vector of ['111', '011', '101', '110']) exercise.note(vector);
    expect(exercise.missing()).toEqual([]);
    const half = new Exercise([parsePredicate('a'), parsePredicate('c')]);
    for (const vector of ['10', '00']) half.note(vector);
    expect(half.missing()).toEqual(['no row is allowed because of it: c']);
  });

  test('a long atom is shortened to one line', () => {
    const [sentence] = missing(`EXISTS (SELECT 1 FROM t WHERE ${'a = 1 AND '.repeat(50)} b)`, ['1']);
    expect(sentence).not.toContain('\n');
    expect(sentence?.length).toBeLessThan(220);
    expect(sentence).toMatch(/…$/);
  });
});

type Tree = string | { readonly and: readonly Tree[] } | { readonly or: readonly Tree[] };

/** Random AND/OR trees whose leaves all differ, as text. */
const formula = fc
  .letrec<{ tree: Tree; leaf: Tree; and: Tree; or: Tree }>((tie) => ({
    tree: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('and'), tie('or')),
    leaf: fc.constant('leaf'),
    and: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((and) => ({ and })),
    or: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((or) => ({ or })),
  }))
  .tree.map((tree) => {
    let leaves = 0;
    const write = (node: Tree): string => {
      if (typeof node === 'string') return `x${leaves++}`;
      return 'and' in node
        ? `(${node.and.map(write).join(' AND ')})`
        : `(${node.or.map(write).join(' OR ')})`;
    };
    const text = write(tree);
    return { text, leaves };
  })
  .filter(({ leaves }) => leaves <= 9);

function allVectors(length: number): string[] {
  return Array.from({ length: 2 ** length }, (_, i) => i.toString(2).padStart(length, '0'));
}

/** The text evaluated by JavaScript: independent of the parse tree under test. */
function evaluate(text: string, vector: string): boolean {
  const expression = text
    .replace(/x(\d+)/g, (_, index) => (vector[Number(index)] === '1' ? 'true' : 'false'))
    .replaceAll('AND', '&&')
    .replaceAll('OR', '||');
  return new Function(`return ${expression}`)() as boolean;
}

function flip(vector: string, index: number): string {
  return vector.slice(0, index) + (vector[index] === '1' ? '0' : '1') + vector.slice(index + 1);
}

describe('for any AND/OR of atoms that differ', () => {
  test('the set of all vectors exercises every atom', () => {
    fc.assert(
      fc.property(formula, ({ text, leaves }) => {
        expect(missing(text, allVectors(leaves))).toEqual([]);
      }),
    );
  });

  test('an atom that decides none of the vectors seen is reported, and no other', () => {
    fc.assert(
      fc.property(formula, fc.infiniteStream(fc.boolean()), fc.nat(), ({ text, leaves }, keep, at) => {
        const silent = at % leaves;
        const vectors = allVectors(leaves).filter(
          (vector) =>
            evaluate(text, vector) === evaluate(text, flip(vector, silent)) && (keep.next().value ?? true),
        );
        const reported = missing(text, vectors);
        expect(reported).toContain(
          `no row is allowed because of it, and none refused because of it: x${silent}`,
        );
        for (let index = 0; index < leaves; index++) {
          const decided = vectors.filter((v) => evaluate(text, v) !== evaluate(text, flip(v, index)));
          const both = ['1', '0'].every((bit) => decided.some((v) => v[index] === bit));
          expect(reported.some((sentence) => sentence.endsWith(`: x${index}`))).toBe(!both);
        }
      }),
    );
  });

  test('a vector is decided by one exactly when flipping one bit turns the whole', () => {
    fc.assert(
      fc.property(formula, fc.nat(), ({ text, leaves }, at) => {
        const vector = allVectors(leaves)[at % 2 ** leaves] ?? '';
        const expected = [...vector].some(
          (_, i) => evaluate(text, flip(vector, i)) !== evaluate(text, vector),
        );
        expect(isDecidedByOne(parsePredicate(text), vector)).toBe(expected);
      }),
    );
  });

  test('the SQL over a vector keeps the skeleton', () => {
    fc.assert(
      fc.property(formula, fc.nat(), ({ text, leaves }, at) => {
        const vector = allVectors(leaves)[at % 2 ** leaves] ?? '';
        const sql = overVector(parsePredicate(text), 'v');
        const asWords = sql.replace(
          /substr\(v, (\d+), 1\) = '1'/g,
          (_, position) => `x${Number(position) - 1}`,
        );
        expect(evaluate(asWords, vector)).toBe(evaluate(text, vector));
      }),
    );
  });
});

test('the SQL of a vector counts NULL as false, atom by atom', () => {
  const predicate: Pick<Predicate, 'atoms'> = { atoms: ['a', 'b IS NULL'] };
  expect(vectorSql([predicate, { atoms: ['c'] }])).toBe(
    'concat((coalesce((a), false))::int, (coalesce((b IS NULL), false))::int, (coalesce((c), false))::int)',
  );
  expect(vectorSql([])).toBe("''");
});

test('that others are kept out is not shown by the anonymous actor alone', () => {
  const predicate = parsePredicate('"row".owner = actor.id');
  const exercise = new Exercise([predicate]);
  exercise.note('1');
  exercise.note('0', false);
  expect(exercise.missing()).toEqual(['no row is refused because of it: "row".owner = actor.id']);
  exercise.note('0', true);
  expect(exercise.missing()).toEqual([]);
});

test('a condition on the actor alone is refused by the anonymous actor', () => {
  const exercise = new Exercise([parsePredicate('actor.id IS NOT NULL')]);
  exercise.note('1');
  exercise.note('0', false);
  expect(exercise.missing()).toEqual([]);
});
