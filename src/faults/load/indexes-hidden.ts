import type { Fault, FaultTarget } from '../fault.ts';

/** The tables whose indexes the load has used most, with their partitions. */
const busiest = `
  SELECT coalesce(pg_partition_root(relid), relid) AS root, sum(idx_scan) AS scans
  FROM pg_stat_user_tables WHERE idx_scan > 0
  GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3`;

const ofBusiest = `
  SELECT coalesce(tree.relid, busy.root) FROM (${busiest}) busy LEFT JOIN LATERAL pg_partition_tree(busy.root) tree ON true`;

const ofAll = 'SELECT relid FROM pg_stat_user_tables';

const hide = (tables: string) => `
  UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indisvalid AND indrelid IN (${tables})
  RETURNING indexrelid::oid AS index`;

/**
 * The planner sees none of the indexes of some tables, as if they had been dropped; they are kept up all the same, so that
 * uniqueness holds and they are there again at once.
 */
export function indexesHidden(of: 'busiest' | 'all' = 'busiest'): Fault {
  const statement = hide(of === 'all' ? ofAll : ofBusiest);
  const which = of === 'all' ? 'all tables' : 'the three tables whose indexes the load uses most';
  let hidden: readonly number[] = [];
  return {
    kind: 'indexes-hidden',
    name: `indexes-hidden ${of}`,
    object: `the indexes of ${which}`,
    says: `the planner uses no index of ${which}`,
    statement: statement.trim(),
    scope: 'cluster',
    inject: async (target) => {
      const rows = await target.session.query(statement);
      hidden = rows.map(({ index }) => Number(index));
      await freshPlans(target);
    },
    heal: async (target) => {
      if (hidden.length === 0) return;
      await target.session.query(
        'UPDATE pg_catalog.pg_index SET indisvalid = true WHERE indexrelid = ANY ($1::oid[])',
        [[...hidden]],
      );
      hidden = [];
      await freshPlans(target);
    },
  };
}

/** Server connections of the pooler keep plans: they are made anew. */
async function freshPlans({ cluster }: FaultTarget): Promise<void> {
  await cluster?.topology?.pooler?.ask('RECONNECT');
}
