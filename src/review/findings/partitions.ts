import type { Relation } from '../../catalog/catalog.ts';
import { partitionsOf } from '../../catalog/lookup.ts';
import { about, type LiveCheck } from './live.ts';

/** Partitioned tables that have no place for a row of today, or for a value that no partition lists. */
export const partitions: LiveCheck = ({ catalog, origins }) =>
  catalog.relations
    .filter(({ kind, parent }) => kind === 'partitioned table' && parent === null)
    .flatMap((table) => {
      const own = partitionsOf(catalog, table.identity);
      const lack = lackOf(table, own);
      if (lack === undefined) return [];
      const line = origins.of('relation', table.schema, table.name);
      const fix = 'make partitions ahead on a schedule, with a DEFAULT one for what they miss';
      return [
        about('partition.none-for-now', 'warning', line, table.identity, `${table.identity} ${lack}`, fix),
      ];
    });

function lackOf({ partitionKey }: Relation, own: readonly Relation[]): string | undefined {
  if (own.some(({ bound }) => bound === 'DEFAULT')) return undefined;
  if (own.length === 0) return 'has no partition: every INSERT fails';
  if (partitionKey?.startsWith('LIST'))
    return 'has no DEFAULT partition: a value that no partition lists is refused';
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
