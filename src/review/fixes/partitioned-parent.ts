import { rangeVar } from '../../findings/names.ts';
import { parseOne } from '../../findings/tree.ts';
import { type Fix, replacing } from './fix.ts';

/** Storage parameters belong to the partitions, which hold the rows. */
export const parameterOnParent: Fix = {
  id: 'parameter-on-partitioned-table',
  sqlstates: ['22023', '42809'],
  async propose(failure, { query }) {
    const name = /(?:unrecognized parameter "([\w.]+)"|cannot specify storage parameters)/.exec(
      failure.refusal.message,
    );
    const [kind, node] = parseOne(failure.text) ?? [];
    if (name === null || kind !== 'AlterTableStmt' || node === undefined) return undefined;
    const table = rangeVar(node.relation);
    const rows = await query(
      `SELECT pg_catalog.format('%I.%I', n.nspname, l.relname) AS leaf
         FROM pg_catalog.pg_class c, pg_catalog.pg_partition_tree(c.oid) t JOIN pg_catalog.pg_class l ON l.oid = t.relid
              JOIN pg_catalog.pg_namespace n ON n.oid = l.relnamespace
        WHERE t.isleaf AND c.relkind = 'p' AND c.relname = $1 AND ($2::text IS NULL OR c.relnamespace = $2::regnamespace)`,
      [table.name, table.schema ?? null],
    );
    if (rows.length === 0) return undefined;
    const behind = /^\s*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?[\w."]+/i;
    return {
      target: failure.index,
      texts: rows.map(({ leaf }) => failure.text.replace(behind, `ALTER TABLE ${leaf}`)),
      says: `${table.name} is partitioned and holds no rows: set it on each partition, and where partitions are made`,
    };
  },
};

/** CONCURRENTLY does not work on a partitioned table. */
export const concurrentlyOnParent: Fix = {
  id: 'concurrently-on-partitioned-table',
  sqlstates: ['0A000', '42809'],
  async propose(failure) {
    if (!/cannot create index on partitioned table .* concurrently/.test(failure.refusal.message))
      return undefined;
    return replacing(
      failure,
      failure.text.replace(/\bCONCURRENTLY\s+/i, ''),
      'leave CONCURRENTLY out, or make the index on each partition and attach it',
    );
  },
};

/** A loop over information_schema meets partitions, where a trigger of the parent is already. */
export const loopOverPartitions: Fix = {
  id: 'loop-visits-partitions',
  sqlstates: ['42710'],
  async propose(failure) {
    if (!/^trigger "[^"]+" for relation "[^"]+" already exists/.test(failure.refusal.message))
      return undefined;
    const where = /(\binformation_schema\.(?:columns|tables)\b(?:\s+\w+)?\s+WHERE\s)/i;
    if (!/^\s*DO\b/i.test(failure.text) || !where.test(failure.text)) return undefined;
    const leaves =
      "NOT (SELECT c.relispartition FROM pg_catalog.pg_class c WHERE c.oid = format('%I.%I', table_schema, table_name)::regclass) AND ";
    return replacing(
      failure,
      failure.text.replace(where, `$1${leaves}`),
      'leave partitions out of the loop (pg_class.relispartition): they get the trigger of their parent',
    );
  },
};
