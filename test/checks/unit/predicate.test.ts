import { beforeAll, describe, expect, test } from 'vitest';
import {
  formulaSql,
  loadParser,
  mentionedColumns,
  parsePredicate,
} from '../../../src/checks/access/predicate.ts';

beforeAll(loadParser);

/** The skeleton with the atoms in their places, on one line. */
function skeleton(text: string): string {
  const { formula, atoms } = parsePredicate(text);
  return formulaSql(formula, (index) => `[${(atoms[index] ?? '?').replace(/\s+/g, ' ').trim()}]`);
}

describe('atoms and formula', () => {
  test.each([
    ['a', '[a]'],
    ['a AND b', '([a] AND [b])'],
    ['a AND b AND c', '([a] AND [b] AND [c])'],
    ['a AND b OR c', '(([a] AND [b]) OR [c])'],
    ['a AND (b OR c)', '([a] AND ([b] OR [c]))'],
    ['a OR (b OR (c OR d))', '([a] OR ([b] OR ([c] OR [d])))'],
    ['true', '[true]'],
  ])('%s', (text, expected) => {
    expect(skeleton(text)).toBe(expected);
  });

  test.each([
    ['a negation', 'a AND NOT (b AND c)', '([a] AND [NOT (b AND c)])'],
    ['a negated OR', 'NOT (a OR b)', '[NOT (a OR b)]'],
    ['EXISTS', 'EXISTS (SELECT 1 FROM t WHERE a AND b)', '[EXISTS (SELECT 1 FROM t WHERE a AND b)]'],
    ['BETWEEN', 'x BETWEEN 1 AND 2', '[x BETWEEN 1 AND 2]'],
    ['CASE', 'CASE WHEN a AND b THEN c ELSE d END', '[CASE WHEN a AND b THEN c ELSE d END]'],
    ['an IS test', '(a AND b) IS TRUE', '[(a AND b) IS TRUE]'],
    ['a comparison of conditions', '(a AND b) = c', '[(a AND b) = c]'],
  ])('%s is one atom: what is inside may not be monotone', (_, text, expected) => {
    expect(skeleton(text)).toBe(expected);
  });

  test('words inside strings, quoted names and comments are no operators', () => {
    expect(parsePredicate(`x = 'a AND b' /* OR c */ AND "y OR z"`).atoms).toEqual([
      `x = 'a AND b'`,
      '"y OR z"',
    ]);
  });

  test('the same text is parsed once', () => {
    expect(parsePredicate('once AND again')).toBe(parsePredicate('once AND again'));
  });
});

describe('what a condition mentions', () => {
  test('columns by alias, at any depth', () => {
    const { columns } = parsePredicate(
      `"row".a = 1 AND EXISTS (SELECT 1 FROM t AS m WHERE m.b = "row".c AND ("old".d IS NULL OR NOT "new".e))`,
    );
    expect(columns.get('row')).toEqual(new Set(['a', 'c']));
    expect(columns.get('old')).toEqual(new Set(['d']));
    expect(columns.get('new')).toEqual(new Set(['e']));
    expect(columns.get('m')).toEqual(new Set(['b']));
  });

  test('names as they are stored, whatever quoting they need', () => {
    const { columns, atoms } = parsePredicate(
      '"row"."Straße ""x"" ; --" = 1 AND "row"."select" AND "row".Plain',
    );
    expect(columns.get('row')).toEqual(new Set(['Straße "x" ; --', 'select', 'plain']));
    // What was quoted is quoted again, so that the atom can be run.
    expect(atoms[0]).toContain('"Straße ""x"" ; --"');
    expect(atoms[1]).toContain('"select"');
  });

  test('names at the limit of 63 bytes stay whole', () => {
    const name = 'x'.repeat(63);
    expect(parsePredicate(`"row"."${name}"`).columns.get('row')).toEqual(new Set([name]));
  });

  test('columns that are compared with the actor, on either side, also below an EXISTS', () => {
    expect(
      parsePredicate(
        `"new".owner = actor.id OR actor."we ird" = "row"."Co l" OR
         EXISTS (SELECT 1 FROM t WHERE t.id = actor.id AND "old".team = actor.team)`,
      ).own,
    ).toEqual([
      { column: 'owner', attribute: 'id' },
      { column: 'Co l', attribute: 'we ird' },
      { column: 'team', attribute: 'team' },
    ]);
  });

  test('other comparisons, and other tables, are not the actor’s own', () => {
    const text = `"row".a <> actor.id AND "row".b > actor.id AND m.user_id = actor.id AND "row".c = "row".d`;
    expect(parsePredicate(text).own).toEqual([]);
  });

  test('functions as written, unquoted', () => {
    const text = `app.f("row".x) AND "We"."I rd"(1) AND lower(x) = 'g(1)' AND EXISTS (SELECT deep.inside(1))`;
    expect(new Set(parsePredicate(text).functions)).toEqual(
      new Set(['app.f', 'We.I rd', 'lower', 'deep.inside']),
    );
  });

  test('columns of a policy, with an alias or without', () => {
    expect(mentionedColumns(`(tenant = (current_setting('a.b'::text))::uuid) AND t."Co l" IS NULL`)).toEqual(
      new Set(['tenant', 'Co l']),
    );
  });
});

describe('what is no condition', () => {
  test.each(['', 'a b', 'a AND', 'x = 1 FROM t', ')', "'open", '"open', 'a -- comment to the end'])(
    '%j',
    (text) => {
      expect(() => parsePredicate(text)).toThrow();
    },
  );

  // Only the first expression would be judged, while the statements would hold the whole text.
  test.each(['true), (false', '1); DROP TABLE t; SELECT (2', 'x) FROM t WHERE (y'])(
    'more than one: %j',
    (text) => {
      expect(() => parsePredicate(text)).toThrow();
    },
  );
});
