import { ClusterError } from '../../cluster/error.ts';
import type { Fault, FaultTarget } from '../fault.ts';

const table = 'public.pgattest_damaged';

/**
 * A block of a table of its own that is not on disk what was written: the server has it in memory still and does not notice, and whoever
 * copies the file takes the damage along.
 */
export function blockDamaged(): Fault {
  return {
    kind: 'block-damaged',
    name: 'block-damaged',
    object: table,
    says: 'a block of a data file is damaged on disk, before any backup of it',
    statement: `dd conv=notrunc of=$(SELECT pg_relation_filepath('${table}'))`,
    scope: 'cluster',
    inject: async ({ session, cluster }: FaultTarget) => {
      if (cluster === undefined) return;
      for (const statement of make) await session.query(statement);
      const [row] = await session.query(`SELECT pg_relation_filepath('${table}') AS file`);
      const file = `${cluster.primary.data}/${row?.file}`;
      // In the middle of a row, where neither the header nor free space is.
      const damage = `printf 'DAMAGED' | dd of="$1" bs=1 seek=8000 conv=notrunc 2>/dev/null && sync "$1"`;
      const { exitCode, stderr } = await cluster.host.exec(['sh', '-c', damage, 'sh', file]);
      if (exitCode !== 0) throw new ClusterError('start-failed', `damaging ${file}: ${stderr.trim()}`, '');
    },
    heal: async ({ session }) => {
      await session.query(`DROP TABLE IF EXISTS ${table}`);
    },
  };
}

/** All that is ever to be noted on its pages is on disk then, so that nothing writes them once more. */
const make = [
  `CREATE TABLE ${table} WITH (autovacuum_enabled = false) AS SELECT n, repeat('x', 100) AS filler FROM generate_series(1, 500) AS n`,
  `VACUUM (FREEZE, DISABLE_PAGE_SKIPPING) ${table}`,
  'CHECKPOINT',
];
