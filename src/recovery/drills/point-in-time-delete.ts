import { pointInTime } from './restore/point-in-time.ts';

/** `DELETE` without `WHERE`, of rows that nothing refers to: nothing refuses it, and writers go on as if nothing had happened. */
export const pointInTimeDelete = pointInTime({
  name: 'point-in-time-delete',
  says: 'rows of all tenants are deleted by a DELETE without WHERE, and writers go on',
  inflict: async (client) => {
    const statement = 'DELETE FROM pgattest_ledger.movement';
    const { rowCount } = await client.query(statement);
    return {
      subject: 'pgattest_ledger.movement',
      way: 'a DELETE without WHERE is committed',
      statement,
      expected: 'rows are gone',
      actual: `${rowCount ?? 0} rows are gone`,
      agrees: (rowCount ?? 0) > 0,
    };
  },
});
