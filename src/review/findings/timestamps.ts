import { columnsOf } from '../../catalog/lookup.ts';
import { about, type LiveCheck } from './live.ts';

/** Times without a time zone: what they mean depends on who reads them. */
export const timestamps: LiveCheck = ({ catalog, origins }) =>
  catalog.relations
    .filter(({ kind, parent }) => (kind === 'table' || kind === 'partitioned table') && parent === null)
    .flatMap(({ identity, schema, name }) => {
      const columns = columnsOf(catalog, identity)
        .filter(({ baseType }) => baseType === 'pg_catalog.timestamp')
        .map((column) => column.name);
      if (columns.length === 0) return [];
      return [
        about(
          'column.timestamp-without-time-zone',
          'note',
          origins.of('relation', schema, name),
          identity,
          `${identity}: ${columns.join(', ')} ${columns.length === 1 ? 'has' : 'have'} no time zone`,
          'use timestamptz',
        ),
      ];
    });
