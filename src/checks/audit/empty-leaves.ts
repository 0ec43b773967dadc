import { ident, literal, type Target } from '../access/target.ts';
import type { CheckContext } from '../check.ts';

/** SQL of type jsonb that moves a copied row into a partition which holds none to copy; undefined where that is not known. */
export function intoLeaf(context: CheckContext, target: Target, leaf: string): string | undefined {
  const relation = target.partitions.find(({ identity }) => identity === leaf);
  const parent = context.catalog.relations.find(({ identity }) => identity === relation?.parent);
  const key = /^RANGE \(([^,()]+)\)$/.exec(parent?.partitionKey ?? '')?.[1];
  const lower = /FROM \('((?:[^']|'')*)'\)/.exec(relation?.bound ?? '')?.[1];
  const column = target.columns.find(({ name }) => name === key || ident(name) === key);
  if (column === undefined || lower === undefined) return undefined;
  return `jsonb_build_object(${literal(column.name)}, ${literal(lower.replaceAll("''", "'"))}::${column.type})`;
}
