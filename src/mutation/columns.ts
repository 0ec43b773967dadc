import type { Catalog, Column, Relation } from '../catalog/catalog.ts';
import { columnsOf, constraintsOf } from '../catalog/index.ts';
import type { Names } from './operators/operator.ts';
import { type FromItem, namesOf, type Place, parseExpression, places } from './tree.ts';

/** The column that a ColumnRef names, or undefined where it may be something else: a variable, a function's result. */
export function columnOf(place: Place, { catalog, relation }: Names): Column | undefined {
  const { node, scopes } = place;
  if (!('ColumnRef' in node)) return undefined;
  const names = namesOf(node.ColumnRef.fields);
  const name = names.at(-1);
  if (name === undefined || names.length !== (node.ColumnRef.fields ?? []).length) return undefined;
  const qualifier = names.at(-2);
  const own =
    relation === undefined ? undefined : catalog.relations.find(({ identity }) => identity === relation);
  if (qualifier === undefined) {
    for (const items of scopes) {
      const found = items.flatMap((item) => columnNamed(catalog, relationOf(catalog, item)?.identity, name));
      if (found.length > 0) return found.length === 1 ? found[0] : undefined;
    }
    return columnNamed(catalog, own?.identity, name)[0];
  }
  for (const items of scopes) {
    const item = items.find(({ alias }) => alias === qualifier);
    if (item !== undefined) return columnNamed(catalog, relationOf(catalog, item)?.identity, name)[0];
  }
  const isOwn = own !== undefined && [own.name, 'new', 'old'].includes(qualifier);
  return isOwn ? columnNamed(catalog, own.identity, name)[0] : undefined;
}

function columnNamed(catalog: Catalog, relation: string | undefined, name: string): readonly Column[] {
  return relation === undefined ? [] : columnsOf(catalog, relation).filter((column) => column.name === name);
}

/** The relation that a FROM item names; without its schema, the only one of that name. */
export function relationOf(
  catalog: Catalog,
  item: Pick<FromItem, 'schema' | 'relation'>,
): Relation | undefined {
  const found = catalog.relations.filter(
    ({ schema, name }) => name === item.relation && (item.schema === undefined || item.schema === schema),
  );
  return found.length === 1 ? found[0] : undefined;
}

/** The columns of the same type before and after a column in its relation, the last being the first's neighbour. */
export function partnersOf(catalog: Catalog, column: Column): readonly Column[] {
  const same = columnsOf(catalog, column.relation).filter(({ type }) => type === column.type);
  const at = same.findIndex(({ name }) => name === column.name);
  const partners = new Set([same[(at + 1) % same.length], same[(at - 1 + same.length) % same.length]]);
  return [...partners].filter((partner) => partner !== undefined && partner.name !== column.name) as Column[];
}

/** The labels of the enum that a type name is, or undefined. */
export function enumLabels(catalog: Catalog, type: readonly string[]): readonly string[] | undefined {
  const name = type.at(-1);
  if (name === undefined) return undefined;
  return catalog.columns.find(({ labels, baseType }) => labels.length > 0 && baseType.endsWith(`.${name}`))
    ?.labels;
}

/** Texts that an enum or a CHECK of the column alone lists. */
export function listedTexts(catalog: Catalog, column: Column): readonly string[] {
  if (column.labels.length > 0) return column.labels;
  return constraintsOf(catalog, column.relation)
    .filter(
      ({ kind, columns, definition }) =>
        kind === 'check' &&
        columns.length === 1 &&
        columns[0] === column.name &&
        !/~|\bLIKE\b/.test(definition),
    )
    .flatMap(({ definition }) => {
      const found: string[] = [];
      const text = definition.replace(/^CHECK\s*/i, '').replace(/\s+NOT VALID$/i, '');
      for (const { node } of places(parseExpression(text))) {
        const { sval } = ('A_Const' in node ? node.A_Const : {}) as { sval?: { sval?: string } };
        if (sval !== undefined) found.push(sval.sval ?? '');
      }
      return found;
    });
}
