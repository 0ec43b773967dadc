import type { Catalog } from '../../catalog/catalog.ts';
import { parsePredicate } from './predicate.ts';

/** The first function of the design that SQL calls, an expression or a query: a rule must not lean on what it judges. */
export function ownFunctionIn(catalog: Catalog, sql: string): string | undefined {
  const called = parsePredicate(
    /^\s*(?:\(\s*)*(?:SELECT|WITH|VALUES)\b/i.test(sql) ? `EXISTS (${sql})` : sql,
  ).functions;
  const own = catalog.functions.filter((routine) => !routine.fromExtension);
  return called.find((name) =>
    own.some((routine) => name === routine.name || name === `${routine.schema}.${routine.name}`),
  );
}
