import { z } from 'zod';
import { faults } from '../../../faults/index.ts';
import { literal } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { type Look, tell } from '../looked.ts';

const parameters = z.strictObject({
  kind: z.string(),
  view: z.string(),
  columns: z.array(z.string()),
  /** Absent: an ordinary view. */
  materialized: z.boolean().optional(),
  /** That a materialized view holds data; absent: not looked at. */
  populated: z.boolean().optional(),
});
type Claim = z.infer<typeof parameters>;

const statement = `
  SELECT c.relkind AS kind, c.relispopulated AS populated,
         ARRAY(SELECT attname::text FROM pg_catalog.pg_attribute
               WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum) AS columns
  FROM pg_catalog.pg_class AS c WHERE c.oid = to_regclass($1)`;

const kinds: Readonly<Record<string, string>> = { v: 'a view', m: 'a materialized view' };

/** A view is there, with its columns. */
export const structureView = defineCheck({
  kind: 'structure.view',
  family: 'structure',
  says: 'the view is there, of its kind and with its columns',
  parameters,
  needs: ['superuser'],
  tables: ({ view }) => [view],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: (_, { view, materialized }) => [
    faults['relation-dropped'](view, materialized === true ? 'materialized view' : 'view'),
  ],
});

async function* look({ session }: CheckContext, claim: Claim): Look {
  const { view } = claim;
  const kind = claim.materialized === true ? 'a materialized view' : 'a view';
  const [row] = await session.query(statement, [view]);
  const found = (row?.columns ?? []) as readonly string[];
  const lacking = claim.columns.filter((column) => !found.includes(column));
  const foundKind = row === undefined ? undefined : (kinds[String(row.kind)] ?? 'no view');
  const says =
    foundKind === undefined
      ? `there is no ${view}`
      : foundKind !== kind
        ? `${view} is ${foundKind}, not ${kind}`
        : lacking.length > 0
          ? `${view} has no column ${lacking.join(', ')}`
          : claim.populated !== undefined && row?.populated !== claim.populated
            ? `${view} is ${row?.populated === true ? '' : 'not '}populated`
            : undefined;
  yield {
    subject: view,
    at: 'pg_class, pg_attribute',
    expected: `${kind} (${claim.columns.join(', ')})${claim.populated === undefined ? '' : claim.populated ? ', populated' : ', not populated'}`,
    actual:
      foundKind === undefined
        ? 'nothing'
        : `${foundKind} (${found.join(', ')})${row?.populated === true ? '' : ', not populated'}`,
    wrong:
      says === undefined
        ? undefined
        : {
            says,
            object: `view ${view}`,
            reproduce: `SELECT relkind, relispopulated FROM pg_class WHERE oid = to_regclass(${literal(view)});`,
          },
  };
  return [];
}
