import type { Node } from '@pgsql/types';
import { columnOf, partnersOf } from '../columns.ts';
import { textOf } from '../tree.ts';
import type { Operator } from './operator.ts';

/** A column in the place of its neighbours of the same type in the same relation. */
export const columnSwapped: Operator = {
  name: 'column-swapped',
  variants(place, names) {
    const { node } = place;
    if (!('ColumnRef' in node)) return [];
    const column = columnOf(place, names);
    if (column === undefined) return [];
    const fields = node.ColumnRef.fields ?? [];
    return partnersOf(names.catalog, column).map(({ name }) => {
      const other = {
        ColumnRef: { ...node.ColumnRef, fields: [...fields.slice(0, -1), { String: { sval: name } }] },
      } as Node;
      return { node: other, says: `with ${textOf(node)} swapped for ${textOf(other)}` };
    });
  },
};
