import type { Actor } from '../../design/design.ts';
import type { CheckContext } from '../check.ts';
import { type ClassesQuery, classesSql, type RowClass, rowClassesOf } from './exercise.ts';
import type { Predicate } from './predicate.ts';
import { asRuled, ident, literal } from './target.ts';

export interface ClassesByActor extends Omit<ClassesQuery, 'from'> {
  /** The relation with its alias; `actor` stands beside it. */
  readonly relation: string;
  readonly predicates: readonly Predicate[];
}

type Classes = readonly RowClass[];

/** Computed in a trial with a fault in, where nothing may be remembered beyond it. */
const ofTrial = new WeakMap<CheckContext, Map<string, Promise<ReadonlyMap<string, Classes>>>>();

/** Statements stay prepared on their connection where one of them failed. */
let prepared = 0;

/**
 * The classes of all rows for an actor. Those of all actors are computed together, by one plan: planning a rule's conditions takes as long
 * as evaluating them for a thousand rows.
 */
export async function classesFor(
  context: CheckContext,
  actor: Actor,
  key: string,
  query: ClassesByActor,
): Promise<Classes> {
  const known = ofTrial.get(context) ?? new Map<string, Promise<ReadonlyMap<string, Classes>>>();
  ofTrial.set(context, known);
  const all = known.get(key) ?? context.remember(key, () => computeAll(context, query));
  known.set(key, all);
  const classes = (await all).get(asRuled(actor));
  if (classes !== undefined) return classes;
  return context.remember(`${key} ${asRuled(actor)}`, async () => {
    const own = await compute(context, query, [actor]);
    return own.get(asRuled(actor)) ?? [];
  });
}

function computeAll(context: CheckContext, query: ClassesByActor): Promise<ReadonlyMap<string, Classes>> {
  return compute(context, query, context.actors);
}

function compute(
  { session, design }: CheckContext,
  { relation, predicates, ...rest }: ClassesByActor,
  actors: readonly Actor[],
): Promise<ReadonlyMap<string, Classes>> {
  const attributes = Object.entries(design.request.attributes);
  const columns = attributes.map(([name, type], index) => `$${index + 1}::${type} AS ${ident(name)}`);
  const from = `${relation}, (SELECT ${columns.join(', ')}) AS actor`;
  const types = attributes.length === 0 ? '' : `(${attributes.map(([, type]) => type).join(', ')})`;
  const name = `pgattest_classes_${++prepared}`;
  const valuesOf = ({ attributes: given }: Actor) => {
    const values = attributes.map(([each]) => (given[each] == null ? 'NULL' : literal(given[each] ?? '')));
    return values.length === 0 ? '' : `(${values.join(', ')})`;
  };
  return session.undone(async () => {
    await session.script('SET LOCAL plan_cache_mode = force_generic_plan');
    await session.script(`PREPARE ${name}${types} AS ${classesSql(predicates, { ...rest, from })}`);
    const found = new Map<string, Classes>();
    for (const actor of actors) {
      if (found.has(asRuled(actor))) continue;
      found.set(asRuled(actor), rowClassesOf(await session.query(`EXECUTE ${name}${valuesOf(actor)}`)));
    }
    await session.script(`DEALLOCATE ${name}`);
    return found;
  });
}
