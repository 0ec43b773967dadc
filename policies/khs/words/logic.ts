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

/** The columns of `old` and `new` hold the same, NULL being a value like any other. */
export function unchanged(...columns: readonly string[]): Condition {
  return all(...columns.map((column) => `"new".${column} IS NOT DISTINCT FROM "old".${column}`));
}
