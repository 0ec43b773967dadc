import type { Catalog, Routine } from '../catalog/catalog.ts';
import { embeddedTrees } from './embedded-trees.ts';
import { namesOf, places } from './tree.ts';

/** Functions of the server whose answer depends on who asks. */
const askWho =
  /^(has_\w+_privilege|pg_has_role|row_security_active|pg_\w+|current_schemas?|query_to_\w+|\w+_to_xml\w*)$/;

/** Statements that do nothing but what the nodes in them do. */
const harmless = new Set(['SelectStmt', 'CreateFunctionStmt']);

/**
 * Why it makes no difference whose rights a function has: it reads no relation, runs no function of the design and does not ask who
 * runs it. Undefined where that is not certain.
 */
export function asksForNoRights(catalog: Catalog, routine: Routine, definition: string): string | undefined {
  // SQL that is put together when it runs is not seen; names that the caller's search_path resolves may be anybody's.
  if (/\bEXECUTE\b/i.test(definition.slice(definition.indexOf('AS ')))) return undefined;
  if (!routine.settings.some((setting) => setting.startsWith('search_path='))) return undefined;
  for (const { node } of embeddedTrees(definition).flatMap((tree) => [...places(tree)])) {
    const [kind = ''] = Object.keys(node);
    if (kind === 'RangeVar' || (kind.endsWith('Stmt') && !harmless.has(kind))) return undefined;
    if ('SQLValueFunction' in node && /USER|ROLE|SCHEMA/.test(node.SQLValueFunction.op ?? ''))
      return undefined;
    if (!('FuncCall' in node)) continue;
    const [name = ''] = namesOf(node.FuncCall.funcname).reverse();
    if (askWho.test(name) || catalog.functions.some((each) => each.name === name)) return undefined;
  }
  return 'it reads no table, runs no function of the design and does not ask who runs it';
}
