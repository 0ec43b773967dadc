import type { Node } from '@pgsql/types';
import { columnOf, enumLabels, listedTexts } from '../columns.ts';
import { namesOf, type Place, places, textOf } from '../tree.ts';
import type { Names, Operator } from './operator.ts';

const texts = new Set(['text', 'varchar', 'bpchar', 'name']);

/** Another constant: of those that an enum or a CHECK lists where there are any, else one that nothing equals. */
export const constantChanged: Operator = {
  name: 'constant-changed',
  variants(place, names) {
    const { node } = place;
    if (!('A_Const' in node)) return [];
    const changed = changedConstant(place, names);
    if (changed === undefined) return [];
    return [{ node: changed, says: `with ${textOf(node)} changed to ${textOf(changed)}` }];
  },
};

function changedConstant(place: Place, names: Names): Node | undefined {
  const constant = (place.node as Extract<Node, { A_Const: unknown }>).A_Const;
  const fields = constant as Record<string, unknown>;
  if ('boolval' in fields) {
    const value = (fields.boolval as { boolval?: boolean }).boolval === true;
    return { A_Const: { boolval: value ? {} : { boolval: true } } } as Node;
  }
  if ('ival' in fields) {
    return { A_Const: { ival: { ival: ((fields.ival as { ival?: number }).ival ?? 0) + 1 } } } as Node;
  }
  if (!('sval' in fields)) return undefined;
  const value = (fields.sval as { sval?: string }).sval ?? '';
  const other = otherText(place, names, value);
  return other === undefined ? undefined : ({ A_Const: { sval: { sval: other } } } as Node);
}

function otherText(place: Place, names: Names, value: string): string | undefined {
  const cast = place.above.find((node) => 'TypeCast' in node);
  const typed =
    cast === place.above[0] && cast !== undefined && 'TypeCast' in cast ? cast.TypeCast.typeName : undefined;
  const type = namesOf(typed?.names);
  const labels = enumLabels(names.catalog, type);
  const compared = comparedColumn(place, names);
  const listed = labels ?? (compared === undefined ? [] : listedTexts(names.catalog, compared));
  const used = usedTexts(place);
  const another = listed.find((text) => text !== value && !used.has(text));
  if (another !== undefined) return another;
  if (labels !== undefined || (compared !== undefined && compared.labels.length > 0)) return undefined;
  if (type.length > 0 && !texts.has(type.at(-1) ?? '')) return undefined;
  return `${value}~`;
}

/** The column on the other side of the comparison that the constant stands in. */
function comparedColumn(place: Place, names: Names) {
  const [comparison] = place.above.filter((node) => 'A_Expr' in node);
  if (comparison === undefined || place.above.some((node) => 'FuncCall' in node)) return undefined;
  for (const other of places(comparison)) {
    if (!('ColumnRef' in other.node)) continue;
    const column = columnOf({ ...other, scopes: place.scopes }, names);
    if (column !== undefined) return column;
  }
  return undefined;
}

/** Texts that already stand in the same comparison: changing one into another of them would shorten the list. */
function usedTexts(place: Place): ReadonlySet<string> {
  const [comparison] = place.above.filter((node) => 'A_Expr' in node);
  const found = new Set<string>();
  for (const { node } of places(comparison)) {
    if (!('A_Const' in node)) continue;
    const { sval } = node.A_Const as { sval?: { sval?: string } };
    if (sval !== undefined) found.add(sval.sval ?? '');
  }
  return found;
}
