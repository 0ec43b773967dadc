import { beforeAll, describe, expect, test } from 'vitest';
import type { Catalog, Column } from '../../src/catalog/catalog.ts';
import { loadParser } from '../../src/checks/access/predicate.ts';
import { deparseExpression, parseExpression, parseStatements, textOf } from '../../src/mutation/tree.ts';
import { variantsOf } from '../../src/mutation/variants.ts';

beforeAll(loadParser);

const column = (
  relation: string,
  name: string,
  type: string,
  position: number,
  labels: readonly string[] = [],
): Column => ({
  relation,
  name,
  position,
  type,
  baseType: labels.length > 0 ? `app.${type.replace('app.', '')}` : `pg_catalog.${type}`,
  notNull: false,
  default: null,
  generated: false,
  identity: false,
  labels,
});

const relation = (name: string) => ({ identity: `app.${name}`, schema: 'app', name });

/** As much of a catalogue as operators ask for. */
const catalog = {
  relations: [relation('t'), relation('member')],
  columns: [
    column('app.t', 'id', 'uuid', 1),
    column('app.t', 'owner', 'uuid', 2),
    column('app.t', 'maker', 'uuid', 3),
    column('app.t', 'status', 'text', 4),
    column('app.t', 'state', 'app.state', 5, ['open', 'closed']),
    column('app.t', 'size', 'int4', 6),
    column('app.member', 'user_id', 'uuid', 1),
    column('app.member', 'team', 'uuid', 2),
  ],
  constraints: [
    {
      relation: 'app.t',
      kind: 'check',
      columns: ['status'],
      definition: "CHECK ((status = ANY (ARRAY['live'::text, 'dead'::text])))",
    },
  ],
} as unknown as Catalog;

/** What one operator makes of a condition. */
function made(operator: string, text: string): readonly string[] {
  const names = { catalog, relation: 'app.t' };
  return [...variantsOf(parseExpression(text), names, { condition: true })]
    .filter((variant) => variant.operator === operator)
    .map(({ tree }) => deparseExpression(tree).replace(/\s+/g, ' '));
}

describe('an operator', () => {
  test.each<[operator: string, text: string, made: readonly string[]]>([
    ['conjunct-removed', 'a AND b AND c', ['b AND c', 'a AND c', 'a AND b']],
    ['conjunct-removed', '(a OR b) AND c', ['c', 'a OR b']],
    ['conjunct-removed', 'NOT (a AND b)', ['NOT (b)', 'NOT (a)']],
    ['conjunct-removed', 'a OR b', []],
    [
      'disjunct-removed',
      'a OR (b AND (c OR d))',
      ['b AND (c OR d)', 'a', 'a OR (b AND d)', 'a OR (b AND c)'],
    ],
    [
      'condition-removed',
      'EXISTS (SELECT 1 FROM app.member AS m WHERE m.team = id)',
      ['EXISTS (SELECT 1 FROM app.member AS m WHERE true)'],
    ],
    ['condition-removed', 'EXISTS (SELECT 1 FROM app.member AS m WHERE m.a AND m.b)', []],
    ['negated', 'a', ['NOT (a)']],
    ['negated', 'NOT a', ['a']],
    ['negated', 'a AND b', ['NOT (a AND b)', 'NOT (a) AND b', 'a AND NOT (b)']],
    ['negated', 'f(a)', ['NOT (f(a))']],
    ['comparison-changed', 'a = b', ['a <> b']],
    ['comparison-changed', 'size < 3', ['size <= 3']],
    ['comparison-changed', 'a IS NULL', ['a IS NOT NULL']],
    ['comparison-changed', 'a IS DISTINCT FROM b', ['a IS NOT DISTINCT FROM b']],
    ['comparison-changed', "a IN ('x', 'y')", ["a NOT IN ('x', 'y')"]],
    ['comparison-changed', 'a = ANY (b)', []],
    [
      'comparison-changed',
      '(SELECT max(x) FROM y WHERE x > 1) = a',
      ['((SELECT max(x) FROM y WHERE x > 1)) <> a', '((SELECT max(x) FROM y WHERE x >= 1)) = a'],
    ],
    ['list-shortened', "a IN ('x', 'y')", ["a IN ('y')", "a IN ('x')"]],
    ['list-shortened', "a = ANY (ARRAY['x', 'y'])", ["a = ANY (ARRAY['y'])", "a = ANY (ARRAY['x'])"]],
    ['list-shortened', "f(VARIADIC ARRAY['x'])", []],
    ['column-swapped', 'owner = 1', ['maker = 1', 'id = 1']],
    ['column-swapped', 'size = 1', []],
    ['column-swapped', 'new.owner = 1', ['new.maker = 1', 'new.id = 1']],
    [
      'column-swapped',
      'EXISTS (SELECT 1 FROM app.member AS m WHERE m.team = t.id)',
      [
        'EXISTS (SELECT 1 FROM app.member AS m WHERE m.user_id = t.id)',
        'EXISTS (SELECT 1 FROM app.member AS m WHERE m.team = t.owner)',
        'EXISTS (SELECT 1 FROM app.member AS m WHERE m.team = t.maker)',
      ],
    ],
    ['constant-changed', "status = 'live'", ["status = 'dead'"]],
    [
      'constant-changed',
      "status IN ('live', 'dead')",
      ["status IN ('live~', 'dead')", "status IN ('live', 'dead~')"],
    ],
    ['constant-changed', "state = 'open'::app.state", ["state = CAST('closed' AS app.state)"]],
    ['constant-changed', "has_role('admin')", ["has_role('admin~')"]],
    [
      'constant-changed',
      "current_setting('app.id', true)",
      ["current_setting('app.id~', true)", "current_setting('app.id', false)"],
    ],
    ['constant-changed', 'size > 0', ['size > 1']],
    ['constant-changed', "maker = '00000000-0000-0000-0000-000000000000'::uuid", []],
  ])('%s of %s', (operator, text, expected) => {
    expect(made(operator, text)).toEqual(expected);
  });

  test('changes what a boolean function selects as a condition', () => {
    const [statement] = parseStatements('SELECT EXISTS (SELECT 1 FROM app.member)');
    const made = [
      ...variantsOf(statement, { catalog, relation: undefined }, { condition: false, result: true }),
    ];
    expect(made.map(({ operator }) => operator)).toContain('negated');
    const others = [...variantsOf(statement, { catalog, relation: undefined }, { condition: false })];
    expect(others.map(({ operator }) => operator)).not.toContain('negated');
  });
});

describe('a tree', () => {
  test.each([
    "a = b AND (c OR NOT d) AND e IS NOT NULL AND f = ANY (ARRAY['x'::text, 'y'::text])",
    '(organization_id = ANY (((SELECT app.member_organizations() AS member_organizations))::uuid[]))',
    `"my ""sch.ema"" é".me() = "i d" AND "sta te" = 'it''s "closed"'::"my ""sch.ema"" é"."sta te"`,
    "CASE WHEN a ~ '^\\d{1,9}$'::text THEN a::integer ELSE NULL::integer END = 1",
    "(created_at > (now() - '30 days'::interval))",
    "((a -> 'b') ? 'c') AND (x OPERATOR(public.=) y) AND z COLLATE \"C\" < 'm'",
  ])('is written as it was read: %s', (text) => {
    const tree = parseExpression(text);
    expect(textOf(parseExpression(deparseExpression(tree)))).toBe(textOf(tree));
  });

  test('that would be read otherwise is not written', () => {
    // `a OR b` under an operator that binds closer, without its parentheses.
    const broken = {
      ColumnRef: { fields: [{ String: { sval: 'a' } }, { A_Star: {} }, { String: { sval: 'b' } }] },
    };
    expect(() => deparseExpression(broken as never)).toThrow();
  });
});
