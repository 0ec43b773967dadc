import type { Actor } from '../../../../design/design.ts';
import { literal } from '../../../access/target.ts';

/** Values by name: `task.id`, `actor.owner.id`. */
export type Variables = Map<string, string | null>;

/** `:'name'`, as in psql; not the end of a string that ends in a colon. */
const reference = /(?<![\w:'"]):'([a-z](?:[^']|'')*)'/gi;

/** Attributes of all actors: `actor.<name>.<attribute>`. */
export function actorVariables(actors: readonly Actor[]): Variables {
  return new Map(
    actors.flatMap(({ name, attributes }) =>
      Object.entries(attributes).map(([attribute, value]) => [`actor.${name}.${attribute}`, value] as const),
    ),
  );
}

/** Values in place of references, as literals. Throws for a name that has none: the claim is wrong, not the design. */
export function interpolate(sql: string, variables: Variables): string {
  return sql.replace(reference, (_, quoted: string) => {
    const name = quoted.replaceAll("''", "'");
    const value = variables.get(name);
    if (value === undefined) throw new Error(`nothing has saved :'${name}'`);
    return value === null ? 'NULL' : literal(value).trim();
  });
}

/** Values of actors as literals; what a step saves stays a variable of psql, which has no dots in names. */
export function forPsql(sql: string, variables: Variables): string {
  return sql.replace(reference, (_, quoted: string) => {
    const name = quoted.replaceAll("''", "'");
    if (!name.startsWith('actor.')) return `:'${name.replaceAll(/\W/g, '_')}'`;
    const value = variables.get(name) ?? null;
    return value === null ? 'NULL' : literal(value).trim();
  });
}

/** Keeps the first row of a result under a name. */
export function save(
  variables: Variables,
  name: string,
  {
    columns,
    rows,
  }: { readonly columns: readonly string[]; readonly rows: readonly (readonly (string | null)[])[] },
): void {
  const [first] = rows;
  if (first === undefined) throw new Error(`no row to save as ${name}`);
  for (const [index, column] of columns.entries()) variables.set(`${name}.${column}`, first[index] ?? null);
}
