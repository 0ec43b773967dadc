import { beforeAll, expect, test } from 'vitest';
import { mentionedIn } from '../../../src/checks/access/conditions/columns.ts';
import { takeApart } from '../../../src/checks/access/conditions/condition.ts';
import { beside, truth } from '../../../src/checks/access/conditions/tree.ts';
import { loadParser } from '../../../src/checks/access/predicate.ts';

beforeAll(() => loadParser());

test('AND, OR and NOT are taken apart, and unknown is neither', () => {
  const { atoms, logic } = takeApart('a AND NOT (b OR c)', true);
  expect(atoms.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  const of = (...values: (boolean | null)[]) => truth(logic, (index) => values[index] ?? null);
  expect(of(true, false, false)).toBe(true);
  expect(of(true, false, null)).toBe(null);
  expect(of(true, true, null)).toBe(false);
  expect(of(false, null, null)).toBe(false);
});

test('an atom decides when those beside it in an AND hold and those beside it in an OR do not', () => {
  const { logic } = takeApart('a AND (b OR c)', true);
  expect(beside(logic, 1)).toEqual([
    { index: 2, is: false },
    { index: 0, is: true },
  ]);
});

test('conditions inside subqueries are forced one by one, at any depth', () => {
  const text = `EXISTS (SELECT FROM m JOIN o ON o.id = m.o WHERE m.live AND m.x IN (SELECT y FROM z WHERE z.ok))`;
  const [atom] = takeApart(text, true).atoms;
  expect(atom?.inner.map((inner) => inner.text)).toEqual([
    'o.id = m.o',
    'm.live',
    expect.stringMatching(/^m\.x IN/),
    'z.ok',
  ]);
  expect(atom?.inner[1]?.ifFalse.replace(/\s+/g, ' ')).toContain('WHERE false AND');
  expect(atom?.inner[3]?.ifTrue.replace(/\s+/g, ' ')).toContain('WHERE true');
});

test('in a rule an equality of two columns says how tables belong together, unless one is the actor’s', () => {
  const text = 'EXISTS (SELECT FROM m WHERE m.o = "row".o AND m.u = actor.id)';
  expect(takeApart(text, false).atoms[0]?.inner.map((inner) => inner.text)).toEqual(['m.u = actor.id']);
});

test('WHEN of a CASE is a condition, unless the CASE compares a value', () => {
  const inside = (text: string) =>
    takeApart(text, true).atoms.flatMap(({ inner }) => inner.map((each) => each.text));
  expect(inside('CASE WHEN a THEN b ELSE c END')).toEqual(['a']);
  expect(inside('CASE x WHEN 1 THEN b ELSE c END')).toEqual([]);
});

test('columns are found by table', () => {
  const around =
    'EXISTS (SELECT FROM "s".members AS m WHERE m.active AND m.team = notes.team AND m.u = actor.id)';
  expect(mentionedIn('m.active AND m.team = notes.team AND m.u = actor.id', around, 's.notes')).toEqual([
    { table: 's.members', column: 'active' },
    { table: 's.members', column: 'team' },
    { table: 's.notes', column: 'team' },
    { table: 's.members', column: 'u' },
  ]);
});
