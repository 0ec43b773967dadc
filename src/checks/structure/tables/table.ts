import { z } from 'zod';
import { type CheckContext, defineCheck } from '../../check.ts';
import { type Look, tell } from '../looked.ts';
import { relationThere } from '../relation-there.ts';
import { specifiedColumns } from './specified-columns.ts';
import { lookAtColumns, lookAtPartitionKey, lookAtPrimaryKey } from './table-columns.ts';
import { lookAtChecks, lookAtReferences, lookAtUnique, uniqueSpec } from './table-constraints.ts';
import { tableFaults } from './table-faults.ts';

const unique = z.union([
  z.array(z.string()).min(1),
  z.strictObject({
    columns: z.array(z.string()).min(1),
    where: z.string().optional(),
    nullsNotDistinct: z.literal(true).optional(),
  }),
]);

const parameters = z.strictObject({
  kind: z.string(),
  table: z.string(),
  /** `type [not null] [default <expression> | generated | identity]` by name, as in CREATE TABLE. */
  columns: z.record(z.string(), z.string()).optional(),
  /** Columns of the primary key; a partitioned table's may have the partition key's too. */
  key: z.array(z.string()).min(1).optional(),
  unique: z.array(unique).optional(),
  /** `schema.table(column, …) [on delete …]` by the referring columns. */
  references: z
    .record(z.string(), z.string().regex(/^.+\(.+\)(\s+on delete .+)?$/i, 'schema.table(column, …)'))
    .optional(),
  /** Names, or expressions. */
  checks: z.array(z.string()).optional(),
  /** `RANGE (created_at)` */
  partitionedBy: z.string().optional(),
});
export type TableClaim = z.infer<typeof parameters>;

/** A table has the columns, keys and constraints that its document gives it. */
export const structureTable = defineCheck({
  kind: 'structure.table',
  family: 'structure',
  says: 'the table has the columns, keys, constraints and partitions that are claimed',
  parameters,
  needs: ['superuser'],
  tables: ({ table }) => [table],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: (context, claim) => tableFaults(context.catalog, claim),
});

async function* look({ session }: CheckContext, claim: TableClaim): Look {
  const { table } = claim;
  const missing = await relationThere(session, table);
  if (missing !== undefined) {
    yield missing;
    return [];
  }
  yield* lookAtColumns(session, table, await specifiedColumns(session, claim.columns ?? {}));
  if (claim.partitionedBy !== undefined) yield* lookAtPartitionKey(session, table, claim.partitionedBy);
  if (claim.key !== undefined) yield* lookAtPrimaryKey(session, table, claim.key);
  for (const each of claim.unique ?? []) yield* lookAtUnique(session, table, uniqueSpec(each));
  for (const [columns, target] of Object.entries(claim.references ?? {})) {
    yield* lookAtReferences(session, table, columns, target);
  }
  for (const check of claim.checks ?? []) yield* lookAtChecks(session, table, check);
  return [];
}
