import type { Catalog, Relation } from '../../catalog/catalog.ts';
import { columnsOf, constraintsOf, partitionsOf } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { ofRelation } from '../subject.ts';

/** Partitioned tables that have no place for a row of today, or for a value that no partition lists. */
export const partitionNoneForNow: FindingCheck = {
  id: 'partition.none-for-now',
  find: ({ catalog }) =>
    catalog.relations
      .filter(({ kind, parent }) => kind === 'partitioned table' && parent === null)
      .flatMap((table): readonly Found[] => {
        const lack = lackOf(table, partitionsOf(catalog, table.identity), isListed(catalog, table));
        if (lack === undefined) return [];
        return [
          {
            severity: 'warning',
            subject: ofRelation(table.identity),
            says: `${table.identity} ${lack}`,
            why: 'rows without a partition are refused',
            fix: 'make partitions ahead on a schedule, with a DEFAULT one for what they miss',
          },
        ];
      }),
};
/** Whether the values that a list can meet are themselves listed: by an enumeration, a boolean, or a CHECK. */
function isListed(catalog: Catalog, { identity, partitionKey }: Relation): boolean {
  const [, name] = /^LIST \("?(.*?)"?\)$/.exec(partitionKey ?? '') ?? [];
  const column = columnsOf(catalog, identity).find((each) => each.name === name);
  if (column === undefined) return false;
  if (column.labels.length > 0 || column.baseType === 'pg_catalog.bool') return true;
  return constraintsOf(catalog, identity).some(
    ({ kind, columns }) => kind === 'check' && columns.includes(column.name),
  );
}

function lackOf({ partitionKey }: Relation, own: readonly Relation[], listed: boolean): string | undefined {
  if (own.some(({ bound }) => bound === 'DEFAULT')) return undefined;
  if (own.length === 0) return 'has no partition: every INSERT fails';
  if (partitionKey?.startsWith('LIST'))
    return listed ? undefined : 'has no DEFAULT partition: a value that no partition lists is refused';
  if (!partitionKey?.startsWith('RANGE')) return undefined;
  const ranges = own.flatMap(({ bound }) => {
    const [, from = '', to = ''] = /^FOR VALUES FROM \('([^']*)'\) TO \('([^']*)'\)$/.exec(bound ?? '') ?? [];
    const [low, high] = [Date.parse(from), Date.parse(to)];
    return Number.isNaN(low) || Number.isNaN(high) || !/^\d{4}-/.test(from) ? [] : [[low, high, to] as const];
  });
  const now = Date.now();
  if (ranges.length === 0 || ranges.some(([low, high]) => low <= now && now < high)) return undefined;
  const [, , last = ''] = [...ranges].sort((a, b) => a[1] - b[1]).at(-1) ?? [];
  return `has no partition for today: its last one ends ${last.slice(0, 10)}`;
}
