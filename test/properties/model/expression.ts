import { type Attribute, compareValues, type Helper, type Row, type Scalar, type Truth } from './types.ts';

/** What a comparison compares. `inner` is a column of the table that an EXISTS looks up. */
export type Term =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'inner'; readonly name: string }
  | { readonly kind: 'actor'; readonly name: Attribute }
  | { readonly kind: 'value'; readonly value: Scalar };

export const operators = [
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  'IS DISTINCT FROM',
  'IS NOT DISTINCT FROM',
] as const;
export type Operator = (typeof operators)[number];

/** A condition with a meaning of its own, whatever SQL it is written as. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }
  | { readonly kind: 'compare'; readonly operator: Operator; readonly left: Term; readonly right: Term }
  | { readonly kind: 'null'; readonly term: Term; readonly negated: boolean }
  | { readonly kind: 'in'; readonly term: Term; readonly values: readonly Scalar[] }
  | { readonly kind: 'exists'; readonly table: Helper; readonly where: Expression };

/** What a condition is judged by. */
export interface World {
  readonly row: Row;
  readonly actor: Readonly<Record<Attribute, Scalar>>;
  /** Rows of the other tables, as far as whoever judges sees them. */
  readonly tables: Readonly<Record<Helper, readonly Row[]>>;
}

/** The condition's value by SQL's rules, computed here and not by a server. */
export function evaluate(expression: Expression, world: World, inner?: Row): Truth {
  const value = (term: Term): Scalar => {
    if (term.kind === 'value') return term.value;
    if (term.kind === 'actor') return world.actor[term.name];
    const row = term.kind === 'column' ? world.row : inner;
    const found = row?.[term.name];
    if (found === undefined) throw new Error(`no column ${term.name}`);
    return found;
  };
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'and':
      return conjunction(expression.parts.map((part) => evaluate(part, world, inner)));
    case 'or':
      return negation(conjunction(expression.parts.map((part) => negation(evaluate(part, world, inner)))));
    case 'not':
      return negation(evaluate(expression.part, world, inner));
    case 'compare':
      return compare(expression.operator, value(expression.left), value(expression.right));
    case 'null':
      return (value(expression.term) === null) !== expression.negated;
    case 'in': {
      const subject = value(expression.term);
      return negation(conjunction(expression.values.map((each) => negation(compare('=', subject, each)))));
    }
    case 'exists':
      return world.tables[expression.table].some((row) => evaluate(expression.where, world, row) === true);
  }
}

function conjunction(parts: readonly Truth[]): Truth {
  if (parts.includes(false)) return false;
  return parts.includes(null) ? null : true;
}

function negation(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

function compare(operator: Operator, left: Scalar, right: Scalar): Truth {
  if (operator === 'IS DISTINCT FROM') return left !== right;
  if (operator === 'IS NOT DISTINCT FROM') return left === right;
  if (left === null || right === null) return null;
  const order = compareValues(left, right);
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** The parts that AND and OR join, those that a rule is exercised by. */
export function atomsOf(expression: Expression): readonly Expression[] {
  return expression.kind === 'and' || expression.kind === 'or'
    ? expression.parts.flatMap(atomsOf)
    : [expression];
}

/** Whether the condition holds when its atoms are as given, in their order. */
export function holds(expression: Expression, bits: readonly boolean[]): boolean {
  let next = 0;
  const judge = (each: Expression): boolean => {
    if (each.kind !== 'and' && each.kind !== 'or') return bits[next++] ?? false;
    const parts = each.parts.map(judge);
    return each.kind === 'and' ? parts.every(Boolean) : parts.some(Boolean);
  };
  return judge(expression);
}

/** Every table that an EXISTS in it looks up. */
export function tablesOf(expression: Expression): readonly Helper[] {
  if (expression.kind === 'exists') return [expression.table];
  if (expression.kind === 'not') return tablesOf(expression.part);
  return expression.kind === 'and' || expression.kind === 'or' ? expression.parts.flatMap(tablesOf) : [];
}
