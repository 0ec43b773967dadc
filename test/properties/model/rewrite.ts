import type { Expression, Operator } from './expression.ts';

/** An endless source of small choices, so that a case is one list of numbers that can be made shorter. */
export class Choices {
  readonly #numbers: readonly number[];
  #next = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** A number below `below`; 0 once the list is at its end. */
  below(below: number): number {
    return (this.#numbers[this.#next++] ?? 0) % below;
  }
}

const opposites: Readonly<Record<Operator, Operator>> = {
  '=': '<>',
  '<>': '=',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  'IS DISTINCT FROM': 'IS NOT DISTINCT FROM',
  'IS NOT DISTINCT FROM': 'IS DISTINCT FROM',
};

const mirrored: Partial<Readonly<Record<Operator, Operator>>> = {
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
};

const not = (part: Expression): Expression => ({ kind: 'not', part });

/** The same condition, written otherwise: of equal value, NULL included. */
export function rewrite(expression: Expression, choices: Choices): Expression {
  const chosen = choices.below(4);
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const parts = expression.parts.map((part) => rewrite(part, choices));
      if (chosen === 1) return { ...expression, parts: parts.toReversed() };
      if (chosen !== 2) return { ...expression, parts };
      return not({ kind: expression.kind === 'and' ? 'or' : 'and', parts: parts.map(not) });
    }
    case 'not':
      return not(rewrite(expression.part, choices));
    case 'compare': {
      const { operator, left, right } = expression;
      if (chosen === 1) return not({ ...expression, operator: opposites[operator] });
      if (chosen === 2)
        return { ...expression, operator: mirrored[operator] ?? operator, left: right, right: left };
      return expression;
    }
    case 'null':
      return chosen === 1 ? not({ ...expression, negated: !expression.negated }) : expression;
    case 'in':
      if (chosen === 0) return expression;
      return {
        kind: 'or',
        parts: expression.values.map((value) => ({
          kind: 'compare',
          operator: '=',
          left: expression.term,
          right: { kind: 'value', value },
        })),
      };
    case 'exists':
      return { ...expression, where: rewrite(expression.where, choices) };
    case 'constant':
      return chosen === 1 ? not({ ...expression, value: !expression.value }) : expression;
  }
}
