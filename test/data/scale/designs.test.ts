import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogDigest, type Query, readCatalog } from '../../../src/catalog/index.ts';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import { migrate } from '../../../src/cluster/migrate.ts';
import { fill } from '../../../src/data/fill.ts';
import { fillAtScale, ledgerSchema } from '../../../src/data/scale/index.ts';
import { builtInDesigns, loadDesign } from '../../../src/design/load.ts';
import { catalogSchemas } from '../../../src/design/schemas.ts';
import type { ValidDesign } from '../../../src/design/validate.ts';
import { hashesOf } from './hashes.ts';

const now = new Date();
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
});
afterAll(() => cluster?.close());

async function catalogueOf(client: pg.Client, design: ValidDesign): Promise<string> {
  const query: Query = async (sql, values = []) => (await client.query(sql, [...values])).rows;
  return catalogDigest(await readCatalog(query, { schemas: catalogSchemas(design) }));
}

/** Every index and constraint as the server defines it, with what the catalogue of the checks leaves out. */
async function definitionsOf(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ is: string }>(`
    SELECT format('%s %s %s %s', pg_get_indexdef(indexrelid), indisvalid, h.inhparent::regclass, obj_description(indexrelid, 'pg_class')) AS is
      FROM pg_index LEFT JOIN pg_inherits h ON h.inhrelid = indexrelid
      JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace::regnamespace::text NOT LIKE 'pg\\_%'
    UNION ALL
    SELECT format('%s %s %s %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated, coninhcount, conislocal)
      FROM pg_constraint
    ORDER BY 1`);
  return rows.map(({ is }) => is);
}

test.each(builtInDesigns())(
  '$name: the same rows, and every index and key as before',
  async ({ name, file }) => {
    const { design } = await loadDesign(file, '.');
    const template = `${name}_empty`;
    await cluster.primary.createDatabase(template);
    const first = await cluster.primary.connect({ database: template });
    for (const folder of design.migrations) await migrate(first, folder);
    await first.end();
    for (const copy of ['once', 'scale']) await cluster.primary.createDatabase(`${name}_${copy}`, template);

    const once = await cluster.primary.connect({ database: `${name}_once` });
    const scale = await cluster.primary.connect({ database: `${name}_scale` });
    try {
      const [catalogue, definitions] = [await catalogueOf(scale, design), await definitionsOf(scale)];
      // Rows of a coverage file may lie a year from the moment at which they are made: those of two fills are not the same.
      const after = (design.data.after ?? []).filter((sql) => !/\bnow\(\)/.test(sql));
      const plan = { ...design.data, after };
      const counts = await fill(once, plan, { seed: 7, scale: 1, now });
      const filled = await fillAtScale({
        connect: () => cluster.primary.connect({ database: `${name}_scale` }),
        plan,
        design: { name, digest: 'x', file },
        seed: 7,
        scale: 1,
        now,
        workers: 2,
        threads: false,
        rangeRows: 150,
        stripFrom: 1,
      });
      expect(filled.rows).toEqual(counts);
      expect(await hashesOf(scale, plan)).toEqual(await hashesOf(once, plan));
      expect(await definitionsOf(scale)).toEqual(definitions);
      expect(await catalogueOf(scale, design)).toBe(catalogue);
      const { rows } = await scale.query('SELECT to_regnamespace($1) AS left', [ledgerSchema]);
      expect(rows).toEqual([{ left: null }]);
    } finally {
      await once.end();
      await scale.end();
    }
  },
);
