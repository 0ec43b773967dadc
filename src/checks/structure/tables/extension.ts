import { z } from 'zod';
import { faults } from '../../../faults/index.ts';
import { ident, literal } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { type Look, tell } from '../looked.ts';

const parameters = z.strictObject({ kind: z.string(), name: z.string() });

/** An extension is installed in the database. */
export const structureExtension = defineCheck({
  kind: 'structure.extension',
  family: 'structure',
  says: 'the extension is installed',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: (_, { name }) => [faults['extension-dropped'](name)],
});

async function* look({ session }: CheckContext, { name }: z.infer<typeof parameters>): Look {
  const [row] = await session.query(
    'SELECT extversion AS version FROM pg_catalog.pg_extension WHERE extname = $1',
    [name],
  );
  yield {
    subject: name,
    at: 'pg_extension',
    expected: 'installed',
    actual: row === undefined ? 'not installed' : `installed, version ${String(row.version)}`,
    wrong:
      row === undefined
        ? {
            says: `extension ${ident(name)} is not installed`,
            object: `extension ${name}`,
            reproduce: `SELECT extversion FROM pg_extension WHERE extname = ${literal(name)};`,
          }
        : undefined,
  };
  return [];
}
