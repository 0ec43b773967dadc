import type { Node } from '@pgsql/types';
import type { Routine } from '../../src/catalog/catalog.ts';
import type { Source } from '../../src/mutation/source.ts';
import { deparseExpression, namesOf, parseExpression, places, replaceAt } from '../../src/mutation/tree.ts';
import { clausesOf, objectOf, placeOf, type Rewrite, type Way } from './rewrite.ts';

/**
 * A function without arguments that is one expression, written out in the policies that call it. One with rights of its own only where
 * it reads no table, and calls nothing that the caller may not: what it reads is not what the caller reads.
 */
export const inline: Way = {
  name: 'inline',
  rewrites: (source) => {
    const bodies = new Map(source.catalog.functions.flatMap((each) => bodyOf(each, source)));
    return source.catalog.policies.flatMap((policy): Rewrite[] => {
      const [using = null, withCheck = null] = [policy.using, policy.withCheck].map((text) =>
        text === null ? null : writtenOut(text, bodies, source),
      );
      if (using === policy.using && withCheck === policy.withCheck) return [];
      const clauses = clausesOf({ using, withCheck });
      return [{ object: objectOf(policy), statement: `ALTER POLICY ${placeOf(policy)}${clauses}` }];
    });
  },
};

/** By schema and name, the expression that the function is, of its type. */
function bodyOf(routine: Routine, source: Source): readonly (readonly [string, Node])[] {
  const { identity, schema, name, returns } = routine;
  if (!source.functions.has(identity) || !identity.endsWith('()') || /^(SETOF|TABLE|trigger)/.test(returns))
    return [];
  const text = expressionIn(routine);
  if (text === undefined) return [];
  const scalar = parseExpression(`(${text})::${returns}`);
  return isTheCallers(routine, scalar, source) ? [[JSON.stringify([schema, name]), scalar]] : [];
}

/** `SELECT …`, `RETURN …` or `BEGIN RETURN …; END`, and nothing else. */
function expressionIn({ language, source }: Routine): string | undefined {
  const text = source.trim();
  if (language === 'plpgsql') return /^BEGIN\s+RETURN\s+([^;]+);\s*END\s*;?$/i.exec(text)?.[1];
  return language === 'sql' ? /^(?:RETURN|SELECT)\s+([^;]+?);?$/i.exec(text)?.[1] : undefined;
}

function isTheCallers({ securityDefiner }: Routine, body: Node, { catalog, design }: Source): boolean {
  if (!securityDefiner) return true;
  const role = design.request.role;
  return [...places(body)].every(({ node, scopes }) => {
    if (scopes.length > 0 || 'SubLink' in node) return false;
    if (!('FuncCall' in node)) return true;
    const names = namesOf(node.FuncCall.funcname);
    const called = catalog.functions.filter(({ schema, name }) => schema === names[0] && name === names[1]);
    return called.every(
      ({ identity, securityDefiner: definer }) =>
        definer &&
        catalog.grants.some(
          ({ object, kind, grantee }) =>
            kind === 'function' && object === identity && [role, 'PUBLIC'].includes(grantee),
        ),
    );
  });
}

function writtenOut(text: string, bodies: ReadonlyMap<string, Node>, { catalog }: Source): string {
  const root = parseExpression(text);
  let changed = root;
  for (const { node, path } of places(root)) {
    if (!('FuncCall' in node) || (node.FuncCall.args ?? []).length > 0) continue;
    const names = namesOf(node.FuncCall.funcname);
    const body = bodies.get(JSON.stringify(names));
    // One of several of the name would be another one.
    const same = catalog.functions.filter(({ schema, name }) => schema === names[0] && name === names[1]);
    if (body !== undefined && same.length === 1) changed = replaceAt(changed, path, body);
  }
  return changed === root ? text : deparseExpression(changed);
}
