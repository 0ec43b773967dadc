import type pg from 'pg';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { type CatalogOptions, readCatalog } from '../../src/catalog/read-catalog.ts';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';

/** A server for a test file; see `close` of Cluster. */
export function startServer(): Promise<Cluster> {
  return startCluster({ on: 'auto', settings: {}, throwaway: true });
}

/** Reads the catalogue over a client, as a caller of the library would. */
export function read(client: pg.Client, options?: CatalogOptions): Promise<Catalog> {
  return readCatalog(
    async (sql, values) => (await client.query<Record<string, unknown>>(sql, values)).rows,
    options,
  );
}
