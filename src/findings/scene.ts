import type { Catalog, Relation } from '../catalog/catalog.ts';
import type { Query } from '../catalog/query.ts';

/**
 * What the checks look at. `document`: what a text made on a scratch server, where roles and grants may be missing because
 * the text leaves them out. `database`: all there is.
 */
export interface Scene {
  readonly catalog: Catalog;
  readonly query: Query;
  readonly of: 'database' | 'document';
  /** `server_version_num`. */
  readonly version: number;
}

export function isTable({ kind }: Relation): boolean {
  return kind === 'table' || kind === 'partitioned table';
}

/** Tables that are no partitions. */
export function rootTables(catalog: Catalog): readonly Relation[] {
  return catalog.relations.filter((each) => isTable(each) && each.parent === null);
}

/** Whether the database uses row security at all. One without it made another choice, and is not asked about it. */
export function usesRowSecurity(catalog: Catalog): boolean {
  return catalog.relations.some(({ rowSecurity }) => rowSecurity);
}
