import { commands, type Draft, nothing, written } from '../mutant.ts';
import { ruledRelations, type Source } from '../source.ts';
import { deparseStatement, type Place, parseStatements } from '../tree.ts';
import { variantsOf } from '../variants.ts';

/** Changes of what a view computes, as against what it lets through, are not about access. */
const aboutAccess = new Set(['conjunct-removed', 'disjunct-removed', 'condition-removed', 'negated']);

/** Stands in a WHERE, an ON or a HAVING: not in what is computed of the rows. */
function letsThrough({ path }: Place): boolean {
  const at = path.findLastIndex((key) => ['whereClause', 'quals', 'havingClause'].includes(String(key)));
  return at > path.lastIndexOf('targetList');
}

/** Views: the rights of their owner instead of the caller's, and their conditions. */
export function* viewMutants(source: Source): Generator<Draft, void, void> {
  for (const view of ruledRelations(source).filter(({ kind }) => kind === 'view')) {
    const { identity } = view;
    const draft = (operator: string, says: string, statement: string, before: string): Draft => ({
      operator,
      place: identity,
      object: `view ${identity}`,
      group: identity,
      says: `view ${identity} ${says}`,
      statement,
      before,
      after: statement,
      touches: { ...nothing, access: [{ relation: identity, commands }], kinds: ['structure.view'] },
    });
    const options = view.options.join(', ');
    if (/security_invoker=(true|on)/.test(options)) {
      const statement = `ALTER VIEW ${identity} RESET (security_invoker)`;
      yield draft(
        'invoker-off',
        'reads with the rights of its owner',
        statement,
        `ALTER VIEW ${identity} SET (${options})`,
      );
    }
    const text = source.views.get(identity) ?? '';
    const [tree] = parseStatements(text);
    if (tree === undefined) continue;
    const head = `CREATE OR REPLACE VIEW ${identity}${options === '' ? '' : ` WITH (${options})`} AS `;
    for (const variant of variantsOf(
      tree,
      { catalog: source.catalog, relation: undefined },
      { condition: false },
      letsThrough,
    )) {
      if (!aboutAccess.has(variant.operator)) continue;
      const { text: query, unwritable } = written(() => deparseStatement(variant.tree));
      const changed = draft(variant.operator, `is ${variant.says}`, head + query, head + text);
      yield unwritable === undefined ? changed : { ...changed, unwritable };
    }
  }
}
