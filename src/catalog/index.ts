export type * from './catalog.ts';
export { catalogDigest } from './digest.ts';
export * from './lookup.ts';
export { type Privileges, privilegesOf } from './privileges.ts';
export type { Query } from './query.ts';
export { type CatalogOptions, readCatalog } from './read-catalog.ts';
export { inheritedRoles, reachableRoles, roleOf } from './role-closure.ts';
