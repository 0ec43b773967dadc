import { z } from 'zod';
import { faults } from '../../../faults/index.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { type Look, tell } from '../looked.ts';
import { specifiedColumns } from './specified-columns.ts';
import { lookAtColumns } from './table-columns.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** As in structure.table. */
  columns: z.record(z.string(), z.string()),
  /** Relations that need not have them. */
  except: z.array(z.string()).optional(),
  /** Absent: the design's. */
  schemas: z.array(z.string()).optional(),
});
type Claim = z.infer<typeof parameters>;

const statement = `
  SELECT format('%I.%I', n.nspname, c.relname) AS relation
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY ($1)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend
                    WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
  ORDER BY 1`;

/** Columns that every table has by convention. */
export const structureColumnsEverywhere = defineCheck({
  kind: 'structure.columns-everywhere',
  family: 'structure',
  says: 'every table has these columns',
  parameters,
  needs: ['superuser'],
  tables: ({ except = [] }) => except,
  run: (context, claim) => tell(context, look(context, claim)),
  faults: (context, claim) => {
    const schemas = claim.schemas ?? context.design.schemas;
    const table = context.catalog.relations.find(
      ({ kind, parent, schema, identity, partitionKey }) =>
        (kind === 'table' || kind === 'partitioned table') &&
        parent === null &&
        schemas.includes(schema) &&
        !claim.except?.includes(identity) &&
        !Object.keys(claim.columns).some((name) => partitionKey?.includes(name)),
    );
    const [column] = Object.keys(claim.columns);
    return table === undefined || column === undefined
      ? []
      : [faults['column-dropped'](table.identity, column)];
  },
});

async function* look({ design, session }: CheckContext, claim: Claim): Look {
  const rows = await session.query(statement, [claim.schemas ?? design.schemas]);
  const tables = rows.map(({ relation }) => String(relation)).filter((each) => !claim.except?.includes(each));
  const columns = await specifiedColumns(session, claim.columns);
  for (const table of tables) yield* lookAtColumns(session, table, columns);
  return tables.length > 0 ? [] : ['there is no table to look at'];
}
