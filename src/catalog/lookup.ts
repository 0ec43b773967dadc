import type { Catalog, Column, Constraint, Index, Policy, Relation, Trigger } from './catalog.ts';
import { groupBy, oncePerCatalog } from './once.ts';

const byRelation = (fact: { readonly relation: string }) => fact.relation;

const relations = oncePerCatalog(
  (catalog) => new Map(catalog.relations.map((each) => [each.identity, each])),
);
const columns = oncePerCatalog((catalog) => groupBy(catalog.columns, byRelation));
const constraints = oncePerCatalog((catalog) => groupBy(catalog.constraints, byRelation));
const indexes = oncePerCatalog((catalog) => groupBy(catalog.indexes, byRelation));
const policies = oncePerCatalog((catalog) => groupBy(catalog.policies, byRelation));
const triggers = oncePerCatalog((catalog) => groupBy(catalog.triggers, byRelation));
const partitions = oncePerCatalog((catalog) => groupBy(catalog.relations, ({ parent }) => parent ?? ''));

/** The relation of an identity, such as `app.projects` or `app."Project Notes"`. */
export function relation(catalog: Catalog, identity: string): Relation | undefined {
  return relations(catalog).get(identity);
}

/** Columns by position. Here and below: none for a relation that the catalogue does not hold. */
export function columnsOf(catalog: Catalog, identity: string): readonly Column[] {
  return columns(catalog).get(identity) ?? [];
}

export function constraintsOf(catalog: Catalog, identity: string): readonly Constraint[] {
  return constraints(catalog).get(identity) ?? [];
}

export function indexesOf(catalog: Catalog, identity: string): readonly Index[] {
  return indexes(catalog).get(identity) ?? [];
}

/** The relation's own policies. A partition does not inherit those of its parent. */
export function policiesOf(catalog: Catalog, identity: string): readonly Policy[] {
  return policies(catalog).get(identity) ?? [];
}

export function triggersOf(catalog: Catalog, identity: string): readonly Trigger[] {
  return triggers(catalog).get(identity) ?? [];
}

/** Direct partitions of a partitioned table. */
export function partitionsOf(catalog: Catalog, identity: string): readonly Relation[] {
  return identity === '' ? [] : (partitions(catalog).get(identity) ?? []);
}

/**
 * The partitions that hold rows, at any depth below a partitioned table, which need not be the topmost one. None for a
 * plain table.
 */
export function leafPartitionsOf(catalog: Catalog, root: string): readonly Relation[] {
  const leaves: Relation[] = [];
  const open = [...partitionsOf(catalog, root)].reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'partitioned table') open.push(...[...partitionsOf(catalog, next.identity)].reverse());
    else leaves.push(next);
  }
  return leaves;
}
