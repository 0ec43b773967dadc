import type { Query } from '../../src/catalog/index.ts';
import { readCatalog } from '../../src/catalog/index.ts';
import { loadParser } from '../../src/checks/access/predicate.ts';
import { catalogSchemas } from '../../src/design/schemas.ts';
import type { ValidDesign } from '../../src/design/validate.ts';
import { readSource } from '../../src/mutation/source.ts';
import { addIndex } from './add-index.ts';
import { extract } from './extract.ts';
import { inline } from './inline.ts';
import { rename } from './rename.ts';
import { reorder } from './reorder.ts';
import type { Rewrite, Way } from './rewrite.ts';
import { split } from './split.ts';

/** In an order in which each still finds what it can change: names last. */
export const ways: readonly Way[] = [inline, reorder, split, addIndex, rename];

/** Takes minutes: a function with a subquery in it is called for each row. */
export const slowWays: readonly Way[] = [extract];

/** Writes a database otherwise in every place where one way can, and says where. */
export async function rewriteDatabase(
  query: Query,
  design: ValidDesign,
  way: Way,
): Promise<readonly Rewrite[]> {
  await loadParser();
  const catalog = await readCatalog(query, { schemas: catalogSchemas(design) });
  const rewrites = way.rewrites(await readSource(query, design, catalog));
  for (const { object, statement } of rewrites) {
    try {
      await query(statement);
    } catch (error) {
      throw new Error(`${way.name} of ${object}: ${(error as Error).message}: ${statement}`, {
        cause: error,
      });
    }
  }
  return rewrites;
}
