import type { Source } from '../../src/mutation/source.ts';
import { ident, objectOf, placeOf, type Rewrite, type Way } from './rewrite.ts';

/** Every policy; constraints and helper functions that neither a rule, a claim nor SQL in text mentions by name. */
export const rename: Way = {
  name: 'rename',
  rewrites: (source) => {
    const { catalog } = source;
    const mentioned = mentionedIn(source);
    const policies = catalog.policies.map(
      (policy, index): Rewrite => ({
        object: objectOf(policy),
        statement: `ALTER POLICY ${placeOf(policy)} RENAME TO ${ident(`renamed "policy" ${index + 1}`)}`,
      }),
    );
    // A partition's constraint goes with its parent's.
    const partitions = new Set(
      catalog.relations.filter(({ parent }) => parent !== null).map(({ identity }) => identity),
    );
    const constraints = catalog.constraints
      .filter(({ relation, name }) => !partitions.has(relation) && !mentioned(name))
      .map(
        ({ relation, name }, index): Rewrite => ({
          object: `constraint ${name} on ${relation}`,
          statement: `ALTER TABLE ${relation} RENAME CONSTRAINT ${ident(name)} TO ${ident(`renamed "constraint" ${index + 1}`)}`,
        }),
      );
    const functions = catalog.functions
      .filter(
        ({ identity, name, kind }) =>
          source.functions.has(identity) && kind === 'function' && !mentioned(name),
      )
      .map(
        ({ identity }, index): Rewrite => ({
          object: `function ${identity}`,
          statement: `ALTER FUNCTION ${identity} RENAME TO ${ident(`renamed "function" ${index + 1}`)}`,
        }),
      );
    return [...policies, ...constraints, ...functions];
  },
};

/** Whether a name stands in the design or in the body of a function: there it is text, which nothing renames. */
function mentionedIn({ design, catalog }: Source): (name: string) => boolean {
  const { access, audit, tenancy, claims, data, config } = design;
  const texts = [
    JSON.stringify({ access, audit, tenancy, claims, after: data.after, config }),
    ...catalog.functions.filter(({ fromExtension }) => !fromExtension).map((each) => each.source),
  ].join('\n');
  return (name) => texts.includes(JSON.stringify(name).slice(1, -1)) || texts.includes(name);
}
