import pg from 'pg';
import type { Policy } from '../../src/catalog/catalog.ts';
import type { Source } from '../../src/mutation/source.ts';

/** A change of a database that means the same: nothing may be refuted after it. */
export interface Rewrite {
  /** What is written otherwise. */
  readonly object: string;
  readonly statement: string;
}

/** One way of writing the same otherwise, and every place of a design where it can be done. */
export interface Way {
  readonly name: string;
  readonly rewrites: (source: Source) => readonly Rewrite[];
}

export const ident: (name: string) => string = pg.escapeIdentifier;

/** `"name" ON schema.table` */
export const placeOf = ({ name, relation }: Pick<Policy, 'name' | 'relation'>): string =>
  `${ident(name)} ON ${relation}`;

export const objectOf = (policy: Policy): string => `policy ${placeOf(policy)}`;

/** `USING (…) WITH CHECK (…)`, of what there is. */
export function clausesOf({ using, withCheck }: Pick<Policy, 'using' | 'withCheck'>): string {
  return `${using === null ? '' : ` USING (${using})`}${withCheck === null ? '' : ` WITH CHECK (${withCheck})`}`;
}

export function createPolicy(policy: Policy): string {
  const roles = policy.roles.map((role) => (role === 'PUBLIC' ? role : ident(role))).join(', ');
  const kind = policy.permissive ? 'PERMISSIVE' : 'RESTRICTIVE';
  return `CREATE POLICY ${placeOf(policy)} AS ${kind} FOR ${policy.command} TO ${roles}${clausesOf(policy)}`;
}
