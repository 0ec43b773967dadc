import pg from 'pg';
import { pointInTime } from './restore/point-in-time.ts';

/** A table of the ledger, so that writers fail, and the first of the design's, with whatever hangs on it. */
export const pointInTimeDrop = pointInTime({
  name: 'point-in-time-drop',
  says: 'tables are dropped with all that depends on them, and writers fail',
  inflict: async (client, { design }) => {
    const tables = ['pgattest_ledger.movement', ...design.data.tables.slice(0, 1).map(({ table }) => table)];
    const statement = `DROP TABLE ${tables.join(', ')} CASCADE`;
    await withoutDeadlock(() => client.query(statement));
    const { rows } = await client.query<{ left: string }>(
      'SELECT name AS left FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL',
      [tables],
    );
    return {
      subject: tables.join(', '),
      way: 'a DROP TABLE … CASCADE is committed',
      statement,
      expected: 'the tables are gone',
      actual: rows.length === 0 ? 'they are gone' : `there still: ${rows.map(({ left }) => left).join(', ')}`,
      agrees: rows.length === 0,
    };
  },
});

/** It takes locks on what the tables refer to, in the other order than the writers: the server ends one of them. */
async function withoutDeadlock(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError && error.code === '40P01') || attempt === 5) throw error;
    }
  }
}
