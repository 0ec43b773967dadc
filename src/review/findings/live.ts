import type { Catalog } from '../../catalog/catalog.ts';
import type { Query } from '../../catalog/query.ts';
import type { Finding, Severity } from '../model.ts';
import type { Origins } from './origins.ts';

/** What a live check looks at: the facts of what loaded, and the statements that made it. */
export interface Live {
  readonly catalog: Catalog;
  readonly query: Query;
  readonly origins: Origins;
}

/** A check of what loaded. One concern, one file. */
export type LiveCheck = (live: Live) => readonly Finding[] | Promise<readonly Finding[]>;

/** A finding about an object, at the statement that made it. */
export function about(
  rule: Finding['rule'],
  severity: Severity,
  line: number,
  object: string,
  says: string,
  fix: string,
): Finding {
  return { rule, severity, line, object, says, fix };
}
