import fc from 'fast-check';
import type { Expression, Operator, Term } from './expression.ts';
import {
  type Attribute,
  attributeNames,
  attributes,
  type Column,
  type ColumnType,
  domains,
  isOrdered,
  type Row,
  type Scalar,
} from './types.ts';

/** What a case is made of: numbers that mean something only beside the columns that were drawn. */
export interface Draft {
  readonly types: readonly ColumnType[];
  readonly rows: readonly (readonly number[])[];
  readonly links: readonly (readonly number[])[];
  readonly members: readonly (readonly number[])[];
  readonly actors: readonly (readonly number[])[];
  /** Which rows can be read at all; most often all. */
  readonly seen: Shape;
  /** The rule of the command that is tried. */
  readonly rule: Shape;
  /** What an UPDATE may make of a row. */
  readonly to: Shape;
  readonly fault: 'none' | 'using' | 'check' | 'helper';
  /** Which of the changes in one place. */
  readonly place: number;
  /** How the policies are written. */
  readonly rewriting: readonly number[];
  readonly layout: 'one policy' | 'several policies';
}

type Shape =
  | { readonly kind: 'leaf'; readonly numbers: readonly number[] }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Shape[] }
  | { readonly kind: 'not'; readonly part: Shape };

const small = fc.nat(29);
const leaf: fc.Arbitrary<Shape> = fc.record({
  kind: fc.constant('leaf' as const),
  numbers: fc.array(small, { minLength: 5, maxLength: 5 }),
});

function shape(depth: number): fc.Arbitrary<Shape> {
  if (depth === 0) return leaf;
  const below = shape(depth - 1);
  const joined = fc.record({
    kind: fc.constantFrom('and' as const, 'or' as const),
    parts: fc.array(below, { minLength: 2, maxLength: 3 }),
  });
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: leaf },
    { weight: 5, arbitrary: joined },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('not' as const), part: below }) },
  );
}

const row = fc.array(small, { minLength: 5, maxLength: 5 });
const everything: Shape = { kind: 'leaf', numbers: [] };

export const drafts: fc.Arbitrary<Draft> = fc.record({
  types: fc.array(fc.constantFrom('uuid', 'integer', 'text', 'boolean', 'status', 'time', 'link'), {
    minLength: 2,
    maxLength: 5,
  }),
  rows: fc.array(row, { minLength: 3, maxLength: 30, size: 'max' }),
  links: fc.array(row, { minLength: 3, maxLength: 3 }),
  members: fc.array(row, { minLength: 1, maxLength: 5 }),
  actors: fc.array(row, { minLength: 2, maxLength: 4 }),
  seen: fc.oneof({ weight: 2, arbitrary: fc.constant(everything) }, { weight: 1, arbitrary: shape(1) }),
  rule: shape(2),
  to: shape(1),
  fault: fc.constantFrom('none', 'using', 'using', 'check', 'helper'),
  place: fc.nat(9999),
  rewriting: fc.array(fc.nat(3), { maxLength: 30 }),
  layout: fc.constantFrom('one policy', 'several policies'),
});

export const columnsOf = ({ types }: Draft): readonly Column[] =>
  types.map((type, index) => ({ name: `c${index + 1}`, type }));

const pick = <T>(from: readonly T[], number: number | undefined): T => from[(number ?? 0) % from.length] as T;

/** The rows of the table, each with a key of its own. */
export function rowsOf(draft: Draft): readonly Row[] {
  const columns = columnsOf(draft);
  return draft.rows.map((numbers, index) => ({
    id: index + 1,
    ...Object.fromEntries(columns.map(({ name, type }, at) => [name, pick(domains[type], numbers[at])])),
  }));
}

export const linksOf = ({ links }: Draft): readonly Row[] =>
  links.map(([owner, open], index) => ({
    id: index + 1,
    owner: pick(domains.uuid, owner),
    open: pick(domains.boolean, open),
  }));

export const membersOf = ({ members }: Draft): readonly Row[] =>
  members.map(([person, tenant, role], index) => ({
    id: index + 1,
    person: pick(domains.uuid, person),
    tenant: pick(domains.integer, tenant),
    role: pick(domains.text, role),
  }));

/** Each actor has an id of its own; the anonymous one has nothing. */
export function actorsOf({ actors }: Draft): Readonly<Record<string, Readonly<Record<Attribute, Scalar>>>> {
  const known = actors.map(([tenant, role], index) => [
    `actor${index + 1}`,
    {
      id: domains.uuid[index + 1] ?? null,
      tenant: pick(domains.integer, tenant),
      role: pick(domains.text, role),
    },
  ]);
  return { anonymous: { id: null, tenant: null, role: null }, ...Object.fromEntries(known) };
}

/** The condition that a shape is over these columns. */
export function expressionOf(shape: Shape, columns: readonly Column[]): Expression {
  if (shape.kind === 'not') return { kind: 'not', part: expressionOf(shape.part, columns) };
  if (shape.kind !== 'leaf')
    return { kind: shape.kind, parts: shape.parts.map((part) => expressionOf(part, columns)) };
  return shape.numbers.length === 0 ? { kind: 'constant', value: true } : atom(shape.numbers, columns);
}

function atom(
  [which = 0, form = 0, by = 0, first = 0, second = 0]: readonly number[],
  columns: readonly Column[],
): Expression {
  const column = pick(columns, which);
  const { type } = column;
  const term: Term = { kind: 'column', name: column.name };
  const constants = domains[type].filter((value) => value !== null);
  const value = (from: readonly Scalar[], number: number): Term => ({
    kind: 'value',
    value: pick(from, number),
  });
  const withConstant: Expression = {
    kind: 'compare',
    operator: operatorFor(type, by),
    left: term,
    right: value(constants, first),
  };
  const attribute = attributeNames.find((name) => sameType(attributes[name], type));
  switch (form % 10) {
    case 0:
      return { kind: 'null', term, negated: by % 2 === 1 };
    case 1:
      return { kind: 'in', term, values: [pick(constants, first), pick(constants, first + 1)] };
    case 2:
    case 3:
    case 4:
      if (attribute === undefined) return withConstant;
      return {
        kind: 'compare',
        operator: operatorFor(type, by % 3),
        left: term,
        right: { kind: 'actor', name: attribute },
      };
    case 5: {
      const other = columns.find(({ name, type: its }) => name !== column.name && its === type);
      if (other === undefined) return withConstant;
      return {
        kind: 'compare',
        operator: operatorFor(type, by),
        left: term,
        right: { kind: 'column', name: other.name },
      };
    }
    case 6:
      return {
        kind: 'compare',
        operator: by % 2 === 0 ? '=' : 'IS DISTINCT FROM',
        left: { kind: 'actor', name: 'role' },
        right: value(['staff', 'lead'], first),
      };
    case 7:
      return type === 'link' ? throughLink(term, by) : member(columns, by, second);
    default:
      return withConstant;
  }
}

const inner = (name: string): Term => ({ kind: 'inner', name });
const equal = (left: Term, right: Term): Expression => ({ kind: 'compare', operator: '=', left, right });

/** The row is of a link that is the actor's, or open. */
function throughLink(link: Term, by: number): Expression {
  const whose: Expression =
    by % 2 === 0
      ? equal(inner('owner'), { kind: 'actor', name: 'id' })
      : equal(inner('open'), { kind: 'value', value: true });
  return { kind: 'exists', table: 'link', where: { kind: 'and', parts: [equal(inner('id'), link), whose] } };
}

/** The actor is a member of the row's tenant, if the row has one. */
function member(columns: readonly Column[], by: number, second: number): Expression {
  const tenant = columns.find(({ type }) => type === 'integer');
  const parts = [
    equal(inner('person'), { kind: 'actor', name: 'id' }),
    tenant === undefined
      ? equal(inner('tenant'), { kind: 'value', value: 1 + (second % 3) })
      : equal(inner('tenant'), { kind: 'column', name: tenant.name }),
    ...(by % 2 === 0 ? [] : [equal(inner('role'), { kind: 'value', value: 'lead' })]),
  ];
  return { kind: 'exists', table: 'member', where: { kind: 'and', parts } };
}

function operatorFor(type: ColumnType, by: number): Operator {
  const any: readonly Operator[] = ['=', '=', '<>', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM'];
  return pick(isOrdered(type) ? [...any, '<', '<=', '>', '>='] : any, by);
}

function sameType(a: ColumnType, b: ColumnType): boolean {
  return a === b || (a === 'integer' && b === 'link');
}
