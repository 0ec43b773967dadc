import type { Node } from '@pgsql/types';
import type { Routine } from '../../catalog/catalog.ts';
import { takeApart } from '../plpgsql.ts';
import type { Source } from '../source.ts';
import { deparseStatement, parseStatements, textOf } from '../tree.ts';
import { variantsOf } from '../variants.ts';

/** A function with another body. */
export interface BodyVariant {
  readonly operator: string;
  /** After the function's name. */
  readonly says: string;
  /** CREATE OR REPLACE FUNCTION; throws when it cannot be written. */
  readonly statement: () => string;
}

type FunctionNode = Extract<Node, { CreateFunctionStmt: unknown }>['CreateFunctionStmt'];

const constants = { boolean: ['true', 'false'], other: ['NULL'] } as const;

const constantNode = {
  true: { A_Const: { boolval: { boolval: true } } },
  false: { A_Const: { boolval: {} } },
} as const;

/**
 * Every changed body of a function: its SQL changed as trees, statements of PL/pgSQL left out, a constant instead of a result.
 *
 * @param relation the one whose trigger it serves: what NEW and OLD are
 */
export function* bodyVariants(
  source: Source,
  routine: Routine,
  definition: string,
  relation: string | undefined,
): Generator<BodyVariant, void, void> {
  const [tree] = parseStatements(definition);
  if (tree === undefined || !('CreateFunctionStmt' in tree)) return;
  const node = tree.CreateFunctionStmt;
  const names = { catalog: source.catalog, relation };
  const isBoolean = routine.returns === 'boolean';
  const body = bodyOf(node);
  if (body === undefined) {
    yield* atomic(node, names, isBoolean);
    return;
  }
  // The server wrote the quotes around the body so that nothing in it ends them.
  const at = definition.lastIndexOf(body);
  const whole = (changed: string) => definition.slice(0, at) + changed + definition.slice(at + body.length);
  const isTrigger = routine.returns === 'trigger';
  if (
    !isTrigger &&
    !/^(SETOF|TABLE)\b/.test(routine.returns) &&
    routine.returns !== 'void' &&
    routine.kind === 'function'
  ) {
    for (const value of constants[isBoolean ? 'boolean' : 'other']) {
      const text =
        routine.language === 'sql' ? `SELECT ${value}::${routine.returns}` : `BEGIN RETURN ${value}; END`;
      yield {
        operator: `returns-${value.toLowerCase()}`,
        says: `returns ${value}`,
        statement: () => whole(text),
      };
    }
  }
  if (isTrigger)
    yield {
      operator: 'returns-at-once',
      says: 'returns at once',
      statement: () => whole('BEGIN RETURN coalesce(NEW, OLD); END'),
    };
  if (routine.language === 'sql') {
    const statements = parseStatements(body);
    for (const [index, statement] of statements.entries()) {
      for (const { operator, says, tree: changed } of variantsOf(statement, names, {
        condition: false,
        result: isBoolean,
      })) {
        const all = statements.with(index, changed);
        yield { operator, says, statement: () => whole(all.map(deparseStatement).join('; ')) };
      }
    }
    return;
  }
  const { embedded, omittable } = takeApart(definition, body);
  for (const { kind, text, without } of omittable) {
    const operator = `${kind === 'write' ? 'statement' : kind}-removed`;
    yield { operator, says: `without ${text.replace(/\s+/g, ' ')}`, statement: () => whole(without) };
  }
  for (const one of embedded) {
    if (one.role === 'condition') {
      for (const value of ['true', 'false'] as const) {
        const says = `with ${textOf(one.tree)} always ${value}`;
        yield {
          operator: `condition-${value}`,
          says,
          statement: () => whole(one.with(constantNode[value] as Node)),
        };
      }
    }
    const condition = one.role === 'condition' || (one.role === 'result' && isBoolean);
    for (const { operator, says, tree: changed } of variantsOf(one.tree, names, { condition })) {
      yield { operator, says, statement: () => whole(one.with(changed)) };
    }
  }
}

function* atomic(
  node: FunctionNode,
  names: { catalog: Source['catalog']; relation: string | undefined },
  isBoolean: boolean,
): Generator<BodyVariant, void, void> {
  for (const { operator, says, tree } of variantsOf(node.sql_body, names, {
    condition: false,
    result: isBoolean,
  })) {
    const changed = { CreateFunctionStmt: { ...node, sql_body: tree } } as Node;
    yield { operator, says, statement: () => deparseStatement(changed) };
  }
}

/** The text of a body in quotes; undefined for one in SQL-standard form. */
function bodyOf(node: FunctionNode): string | undefined {
  for (const option of node.options ?? []) {
    if (!('DefElem' in option) || option.DefElem.defname !== 'as') continue;
    const list = option.DefElem.arg;
    const [text] = list !== undefined && 'List' in list ? (list.List.items ?? []) : [];
    return text !== undefined && 'String' in text ? text.String.sval : undefined;
  }
  return undefined;
}
