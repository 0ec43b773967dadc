import { canonical, sha256 } from '../evidence/canonical.ts';
import type { Catalog } from './catalog.ts';

/**
 * SHA-256, in lower-case hex, over the canonical JSON (RFC 8785) of the facts that make a database what it is. Two
 * databases built alike have the same digest, on whatever server. Left out is what differs between such: OIDs, row
 * estimates, column numbers (dropped columns leave gaps, the order stays), the name of the database, and the server's
 * settings, which go with its ports, paths and memory. What is set for the database and for roles counts.
 */
export function catalogDigest(catalog: Catalog): string {
  const { settings: _settings, ...facts } = catalog;
  return sha256(
    canonical({
      ...facts,
      relations: facts.relations.map(({ oid: _oid, estimatedRows: _estimate, ...rest }) => rest),
      columns: facts.columns.map(({ position: _position, ...rest }) => rest),
      functions: facts.functions.map(({ oid: _oid, ...rest }) => rest),
      grants: facts.grants.map((grant) => (grant.kind === 'database' ? { ...grant, object: null } : grant)),
    }),
  );
}
