import { z } from 'zod';
import type { Session } from '../../../cluster/session.ts';
import { faults } from '../../../faults/index.ts';
import { ident, literal } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { type Look, tell } from '../looked.ts';
import { type ForeignKey, foreignKeysThere, staleExceptions } from './foreign-keys.ts';
import { type IndexFacts, indexesThere } from './index-facts.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** Names of constraints. */
  except: z.array(z.string()).optional(),
});
type Claim = z.infer<typeof parameters>;

/** To delete a referenced row, or to join, needs no scan of the referring table. */
export const structureForeignKeysIndexed = defineCheck({
  kind: 'structure.foreign-keys-indexed',
  family: 'structure',
  says: 'an index leads with the referring columns of every foreign key',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: ({ design }, { except }) => [
    faults['all-dropped']('index behind the first foreign key', async (session) => {
      const [key] = (await foreignKeysThere(session, design.schemas)).filter(
        ({ name }) => !except?.includes(name),
      );
      return key === undefined ? [] : (await behind(session, key)).map(({ drop }) => drop);
    }),
  ],
});

/** Indexes that find the rows which refer to one. */
async function behind(session: Session, key: ForeignKey): Promise<readonly IndexFacts[]> {
  const names = await session.query('SELECT quote_ident(name) AS name FROM unnest($1::text[]) AS name', [
    [...key.columns],
  ]);
  const columns = names.map(({ name }) => String(name));
  const notNull = columns.map((column) => `(${column} IS NOT NULL)`);
  return (await indexesThere(session, key.table)).filter(
    ({ keys, method, valid, predicate }) =>
      valid &&
      (method === 'btree' || (method === 'hash' && columns.length === 1)) &&
      // A reference never looks for NULL.
      (predicate === null || notNull.includes(predicate)) &&
      columns.every((column) => keys.slice(0, columns.length).includes(column)),
  );
}

async function* look({ session, design }: CheckContext, { except }: Claim): Look {
  const keys = await foreignKeysThere(session, design.schemas);
  for (const key of keys) {
    if (except?.includes(key.name)) continue;
    const found = await behind(session, key);
    const columns = key.columns.join(', ');
    const expected = `an index that leads with (${columns})`;
    const actual = found.length === 0 ? 'none' : found.map(({ name }) => name).join(', ');
    yield {
      subject: `${ident(key.name)} on ${key.table}`,
      at: 'pg_constraint.conkey, pg_index.indkey',
      expected,
      actual,
      wrong:
        found.length > 0
          ? undefined
          : {
              says: `no index leads with (${columns}) of ${key.table}, which refers to ${key.references}`,
              object: `index behind foreign key ${ident(key.name)} on ${key.table}`,
              reproduce: `SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ${literal(key.table)}::regclass;`,
            },
    };
  }
  return [
    ...(keys.length > 0 ? [] : ['there is no foreign key']),
    ...staleExceptions(except, (name) => keys.some((key) => key.name === name)),
  ];
}
