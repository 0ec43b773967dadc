import { z } from 'zod';
import { columnsOf } from '../../../catalog/index.ts';
import { faults } from '../../../faults/index.ts';
import { literal } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { staleExceptions } from '../indexes/foreign-keys.ts';
import { type Look, tell } from '../looked.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** `schema.table.column` */
  except: z.array(z.string()).optional(),
});
type Claim = z.infer<typeof parameters>;

/** A domain over a type, or an array of it, is of that type too. */
const statement = `
  SELECT format('%I.%I.%I', n.nspname, c.relname, a.attname) AS name, format_type(a.atttypid, a.atttypmod) AS type,
         'timestamp'::regtype IN (t.oid, t.typelem, t.typbasetype) AS "withoutZone"
  FROM pg_catalog.pg_attribute AS a
  JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY ($1)
    AND ARRAY[t.oid, t.typelem, t.typbasetype] && ARRAY['timestamp'::regtype::oid, 'timestamptz'::regtype::oid]
  ORDER BY 1`;

/** An instant is one instant, whatever the time zone of the session. */
export const structureTimestampsWithZone = defineCheck({
  kind: 'structure.timestamps-with-zone',
  family: 'structure',
  says: 'no column of a table is a timestamp without time zone',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: ({ catalog, design }, { except }) => {
    const tables = catalog.relations.filter(
      ({ kind, parent, schema }) => kind === 'table' && parent === null && design.schemas.includes(schema),
    );
    for (const { identity } of tables) {
      const column = columnsOf(catalog, identity).find(
        ({ name, baseType }) =>
          baseType === 'pg_catalog.timestamptz' && !except?.includes(`${identity}.${name}`),
      );
      if (column !== undefined) return [faults['column-retyped'](identity, column.name, 'timestamp')];
    }
    return [];
  },
});

async function* look({ session, design }: CheckContext, { except }: Claim): Look {
  const rows = (await session.query(statement, [design.schemas])) as unknown as {
    name: string;
    type: string;
    withoutZone: boolean;
  }[];
  for (const { name, type, withoutZone } of rows) {
    if (except?.includes(name)) continue;
    yield {
      subject: name,
      at: 'pg_attribute.atttypid',
      expected: 'with time zone',
      actual: type,
      wrong: withoutZone
        ? {
            says: `${name} is ${type}: what instant it is depends on who reads it`,
            object: `column ${name}`,
            reproduce: `SELECT attrelid::regclass, attname FROM pg_attribute WHERE atttypid = 'timestamp'::regtype AND attname = ${literal(name.slice(name.lastIndexOf('.') + 1).replaceAll('"', ''))};`,
          }
        : undefined,
    };
  }
  return [
    ...(rows.length > 0 ? [] : ['there is no timestamp']),
    ...staleExceptions(except, (each) => rows.some(({ name }) => name === each)),
  ];
}
