import { type Expression, type Operator, operators, type Term } from './expression.ts';
import { attributes, type Column, type ColumnType, domains, isOrdered } from './types.ts';

/** Every condition that differs from this one in one place. What it means may be the same. */
export function changesOf(expression: Expression, columns: readonly Column[]): readonly Expression[] {
  const here: Expression[] = [
    { kind: 'constant', value: true },
    { kind: 'constant', value: false },
    { kind: 'not', part: expression },
  ];
  switch (expression.kind) {
    case 'constant':
      return [{ ...expression, value: !expression.value }];
    case 'and':
    case 'or': {
      const { parts, kind } = expression;
      const swapped: Expression = { kind: kind === 'and' ? 'or' : 'and', parts };
      const without = parts.map((_, index): Expression => ({ kind, parts: parts.toSpliced(index, 1) }));
      const inside = parts.flatMap((part, index) =>
        changesOf(part, columns).map((each): Expression => ({ kind, parts: parts.with(index, each) })),
      );
      return [...(parts.length > 1 ? [swapped, ...without] : []), ...inside, ...here];
    }
    case 'not':
      return [
        expression.part,
        ...changesOf(expression.part, columns).map((part) => ({ ...expression, part })),
      ];
    case 'compare': {
      const type = typeOf(expression.left, columns);
      const fitting = operators.filter((each) => each !== expression.operator && fits(each, type));
      return [
        ...fitting.map((operator) => ({ ...expression, operator })),
        ...termsLike(expression.left, columns).map((left) => ({ ...expression, left })),
        ...termsLike(expression.right, columns).map((right) => ({ ...expression, right })),
        ...here,
      ];
    }
    case 'null':
      return [{ ...expression, negated: !expression.negated }, ...here];
    case 'in':
      return [{ ...expression, values: expression.values.slice(1) }, ...here];
    case 'exists':
      return [...changesOf(expression.where, columns).map((where) => ({ ...expression, where })), ...here];
  }
}

function fits(operator: Operator, type: ColumnType | undefined): boolean {
  return type === undefined || isOrdered(type) || !['<', '<=', '>', '>='].includes(operator);
}

/** The type of a column or attribute; of an inner column, whatever has no order. */
function typeOf(term: Term, columns: readonly Column[]): ColumnType | undefined {
  if (term.kind === 'column') return columns.find(({ name }) => name === term.name)?.type;
  return term.kind === 'actor' ? attributes[term.name] : 'text';
}

/** Other terms of the same type: a neighbouring column, another constant. */
function termsLike(term: Term, columns: readonly Column[]): readonly Term[] {
  if (term.kind === 'column') {
    const type = typeOf(term, columns);
    return columns
      .filter((other) => other.type === type && other.name !== term.name)
      .map(({ name }) => ({ kind: 'column', name }));
  }
  if (term.kind !== 'value') return [];
  const domain = Object.values(domains).find((values) => values.includes(term.value)) ?? [];
  return domain
    .filter((value) => value !== null && value !== term.value)
    .map((value) => ({ kind: 'value', value }));
}
