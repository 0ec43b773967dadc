import type { Node } from '@pgsql/types';
import type { Policy } from '../../src/catalog/catalog.ts';
import type { Source } from '../../src/mutation/source.ts';
import {
  deparseExpression,
  namesOf,
  type Place,
  parseExpression,
  places,
  replaceAt,
} from '../../src/mutation/tree.ts';
import { clausesOf, ident, objectOf, placeOf, type Rewrite, type Way } from './rewrite.ts';

/** The condition of a policy as a function of the row, with the rights of the caller: the other way round, the function is inlined. */
export const extract: Way = {
  name: 'extract',
  rewrites: (source) =>
    source.catalog.policies.map((policy, index): Rewrite => {
      const parts = (['using', 'withCheck'] as const).map((part) => {
        const text = policy[part];
        return text === null ? undefined : extracted(source, policy, text, `extracted ${part} ${index + 1}`);
      });
      const [using, withCheck] = parts.map((part) => part?.call ?? null);
      const created = parts.map((part) => (part === undefined ? '' : `${part.create}; `)).join('');
      const clauses = clausesOf({ using: using ?? null, withCheck: withCheck ?? null });
      return { object: objectOf(policy), statement: `${created}ALTER POLICY ${placeOf(policy)}${clauses}` };
    }),
};

function extracted({ catalog }: Source, { relation }: Policy, text: string, name: string) {
  const table = catalog.relations.find(({ identity }) => identity === relation);
  if (table === undefined) throw new Error(`no relation ${relation}`);
  const identity = `${ident(table.schema)}.${ident(name)}`;
  const body = deparseExpression(overRow(parseExpression(text), table.name));
  return {
    create: `CREATE FUNCTION ${identity}("the row" ${relation}) RETURNS boolean LANGUAGE sql STABLE
      AS $body$ SELECT (${body}) $body$; GRANT EXECUTE ON FUNCTION ${identity} TO PUBLIC`,
    call: `${identity}(${ident(table.name)}.*)`,
  };
}

/** Columns of the table, as the server prints them: bare outside of any FROM, else with the table's name. */
function overRow(root: Node, table: string): Node {
  let changed = root;
  for (const { node, path, scopes } of places(root)) {
    if (!('ColumnRef' in node)) continue;
    const names = namesOf(node.ColumnRef.fields);
    const column = names.at(-1);
    if (column === undefined || !isOfRow(names, scopes, table)) continue;
    const fields = ['the row', column].map((sval) => ({ String: { sval } }));
    changed = replaceAt(changed, path, { ColumnRef: { fields } });
  }
  return changed;
}

function isOfRow(names: readonly string[], scopes: Place['scopes'], table: string): boolean {
  if (names.length === 1) return scopes.length === 0;
  return names.length === 2 && names[0] === table && !scopes.flat().some(({ alias }) => alias === table);
}
