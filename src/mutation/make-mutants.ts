import { loadParser } from '../checks/access/predicate.ts';
import { Dependencies } from './dependencies.ts';
import type { Draft, Mutant } from './mutant.ts';
import { functionMutants } from './objects/functions.ts';
import { grantMutants } from './objects/grants.ts';
import { policyMutants } from './objects/policies.ts';
import { rowSecurityMutants } from './objects/row-security.ts';
import { triggerMutants } from './objects/triggers.ts';
import { viewMutants } from './objects/views.ts';
import { loadPlPgSql } from './plpgsql.ts';
import { Reach } from './replay/reach.ts';
import type { Source } from './source.ts';

export interface Mutants {
  readonly mutants: readonly Mutant[];
  readonly dependencies: Dependencies;
  readonly reach: Reach;
}

/**
 * All mutants of a design, in a stable order, each statement once. Ids begin as those of the design's claims do. What lies in a schema
 * that another design proves is that design's to try.
 */
export async function makeMutants(source: Source): Promise<Mutants> {
  await loadParser();
  await loadPlPgSql();
  const dependencies = new Dependencies(source);
  const drafts: Draft[] = [
    ...policyMutants(source),
    ...rowSecurityMutants(source),
    ...functionMutants(source, dependencies),
    ...triggerMutants(source, dependencies),
    ...viewMutants(source),
    ...grantMutants(source),
  ];
  const prefix = source.design.claims[0]?.id.split('.')[0] ?? source.design.name;
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  const elsewhere = (source.design.provedElsewhere ?? []).map((schema) => `${schema}.`);
  const mutants = drafts.flatMap(({ place, ...draft }): Mutant[] => {
    if (elsewhere.some((schema) => place.startsWith(schema))) return [];
    if (
      seen.has(draft.statement + (draft.unwritable ?? '')) ||
      draft.statement === draft.before ||
      draft.after === draft.before
    )
      return [];
    seen.add(draft.statement + (draft.unwritable ?? ''));
    const name = `${prefix}.${place}/${draft.operator}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return [{ id: `${name}/${count}`, ...draft }];
  });
  return { mutants, dependencies, reach: new Reach(source, dependencies) };
}
