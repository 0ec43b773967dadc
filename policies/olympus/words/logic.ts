/**
 * SQL conditions as text. Every word takes the SQL of an id or a row's alias and gives a condition in parentheses; an
 * argument is never put inside a subquery, so no alias of a subquery can capture a name that it mentions.
 */
export type Condition = string;

export function all(...conditions: readonly Condition[]): Condition {
  return `(${conditions.join(' AND ')})`;
}

export function any(...conditions: readonly Condition[]): Condition {
  return `(${conditions.join(' OR ')})`;
}

/** A list of SQL string constants: `('owner', 'admin')`. For words of ours only: nothing is escaped. */
export function oneOf(values: readonly string[]): string {
  return `(${values.map((value) => `'${value}'`).join(', ')})`;
}
