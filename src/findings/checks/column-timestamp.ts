import { columnsOf } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { quotePart } from '../names.ts';
import { rootTables } from '../scene.ts';
import { ofRelation } from '../subject.ts';

/** Times without a time zone: what they mean depends on who reads them. */
export const columnTimestamp: FindingCheck = {
  id: 'column.timestamp-without-time-zone',
  find: ({ catalog }) =>
    rootTables(catalog).flatMap(({ identity }): readonly Found[] => {
      const columns = columnsOf(catalog, identity)
        .filter(({ baseType }) => baseType === 'pg_catalog.timestamp')
        .map((column) => quotePart(column.name));
      const [first] = columns;
      if (first === undefined) return [];
      return [
        {
          severity: 'note',
          subject: ofRelation(identity),
          says: `${identity}: ${columns.join(', ')} ${columns.length === 1 ? 'has' : 'have'} no time zone`,
          why: 'what moment it means depends on the time zone of who reads it',
          fix: `ALTER TABLE ${identity} ALTER COLUMN ${first} TYPE timestamptz USING ${first} AT TIME ZONE 'UTC'`,
        },
      ];
    }),
};
