import type { Expression, Term } from './expression.ts';
import type { Attribute, Scalar } from './types.ts';

/** How columns and attributes are written: rules see `"row".c1` and `actor.id`, policies `main.c1` and a setting. */
export interface Dialect {
  readonly column: (name: string) => string;
  readonly actor: (name: Attribute) => string;
}

export const ruleOver = (alias: string): Dialect => ({
  column: (name) => `"${alias}".${name}`,
  actor: (name) => `actor.${name}`,
});

const casts: Readonly<Record<Attribute, string>> = { id: 'uuid', tenant: 'integer', role: 'text' };

export const inPolicy: Dialect = {
  column: (name) => `main.${name}`,
  actor: (name) => `nullif(current_setting('p.${name}', true), '')::${casts[name]}`,
};

export function write(expression: Expression, dialect: Dialect): string {
  switch (expression.kind) {
    case 'constant':
      return String(expression.value);
    case 'and':
    case 'or':
      return expression.parts
        .map((part) => `(${write(part, dialect)})`)
        .join(expression.kind === 'and' ? ' AND ' : ' OR ');
    case 'not':
      return `NOT (${write(expression.part, dialect)})`;
    case 'compare':
      return `${term(expression.left, dialect)} ${expression.operator} ${term(expression.right, dialect)}`;
    case 'null':
      return `${term(expression.term, dialect)} IS ${expression.negated ? 'NOT ' : ''}NULL`;
    case 'in':
      return `${term(expression.term, dialect)} IN (${expression.values.map(literal).join(', ')})`;
    case 'exists':
      return `EXISTS (SELECT FROM p.${expression.table} AS x WHERE ${write(expression.where, dialect)})`;
  }
}

function term(each: Term, dialect: Dialect): string {
  switch (each.kind) {
    case 'column':
      return dialect.column(each.name);
    case 'inner':
      return `x.${each.name}`;
    case 'actor':
      return dialect.actor(each.name);
    case 'value':
      return literal(each.value);
  }
}

export function literal(value: Scalar): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value).toUpperCase();
}
