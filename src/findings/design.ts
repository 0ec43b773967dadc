import path from 'node:path';
import type { Query } from '../catalog/index.ts';
import type { On } from '../cluster/binaries.ts';
import { startCluster } from '../cluster/cluster.ts';
import { migrate } from '../cluster/migrate.ts';
import type { ValidDesign } from '../design/validate.ts';
import { assemble } from './assemble.ts';
import { type FindOptions, findIn } from './find.ts';
import { readMigrations } from './migrations.ts';
import type { FindingsReport } from './model.ts';
import { placesOf } from './places.ts';
import { loadParser } from './tree.ts';

export interface ReviewDesignOptions extends Omit<FindOptions, 'of'> {
  readonly on: On;
  readonly version: string;
  /** Files are shown relative to it. */
  readonly from: string;
  readonly signal?: AbortSignal;
}

const database = 'pgattest';

/**
 * Applies the migrations of a design to a cluster of its own, and looks at what they made, without its data. Findings have
 * the file and line of the statement that made or last altered the object. Throws ClusterError and MigrationError.
 */
export async function reviewDesign(
  design: ValidDesign,
  options: ReviewDesignOptions,
): Promise<FindingsReport> {
  const { on, version, from, signal } = options;
  await loadParser();
  const places = placesOf(await readMigrations(design.migrations, (file) => path.relative(from, file)));
  const cluster = await startCluster({
    on,
    settings: design.postgres.settings ?? {},
    throwaway: true,
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    await cluster.primary.createDatabase(database);
    const client = await cluster.primary.connect({ database });
    try {
      for (const folder of design.migrations) await migrate(client, folder, signal);
      const query: Query = async (sql, values = []) => (await client.query(sql, [...values])).rows;
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const found = await findIn(query, { ...options, of: 'database' });
      await client.query('ROLLBACK');
      return assemble(found, { database: design.name, server: cluster.facts.server, version, places });
    } finally {
      await client.end();
    }
  } finally {
    await cluster.close();
  }
}
