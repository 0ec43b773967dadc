import { parsePlPgSQLSync } from 'libpg-query';
import { parseExpression, parseStatements } from './tree.ts';

/** The trees of all SQL in a function, for what it refers to; SQL that is put together when it runs is not among them. */
export function embeddedTrees(definition: string): readonly unknown[] {
  const [tree] = parseStatements(definition);
  if (tree === undefined || !('CreateFunctionStmt' in tree)) return [];
  const options = (tree.CreateFunctionStmt.options ?? []).flatMap((option) =>
    'DefElem' in option ? [option.DefElem] : [],
  );
  const language = options.find(({ defname }) => defname === 'language')?.arg;
  const isSql = language !== undefined && 'String' in language && language.String.sval === 'sql';
  if (tree.CreateFunctionStmt.sql_body !== undefined) return [tree];
  if (!isSql) return queriesIn(parsePlPgSQLSync(definition)).flatMap(read);
  const as = options.find(({ defname }) => defname === 'as')?.arg;
  const [body] = as !== undefined && 'List' in as ? (as.List.items ?? []) : [];
  return body !== undefined && 'String' in body ? parseStatements(body.String.sval ?? '') : [];
}

function queriesIn(tree: unknown): readonly string[] {
  if (Array.isArray(tree)) return tree.flatMap(queriesIn);
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]) =>
    key === 'query' && typeof value === 'string' ? [value] : queriesIn(value),
  );
}

/** As a statement, an expression, or an assignment's right side: whichever it is. */
function read(query: string): readonly unknown[] {
  for (const parse of [
    () => parseStatements(query),
    () => [parseExpression(query)],
    () => [parseExpression(query.replace(/^[^=]*?:?=/, ''))],
  ]) {
    try {
      return parse();
    } catch {
      // The next way to read it.
    }
  }
  return [];
}
