import type { AccessRules, NeverRule } from '../../../src/index.ts';

/** A database of an odd shape in schema `s`, what is right in it, and how it is made wrong. */
export interface Shape {
  readonly says: string;
  /** After the roles, the schema and `s.id()`, `s.tenant()`, `s.handle()` are made. */
  readonly sql: string;
  readonly access: readonly AccessRules[];
  /** Claims that are proved, as `docs.select`. */
  readonly proved: readonly string[];
  /** Claims that should be proved and are not, and why: a shortfall of the checks. */
  readonly short?: readonly { readonly claim: string; readonly because: string }[];
  readonly broken: readonly Broken[];
}

export interface Broken {
  readonly says: string;
  readonly sql: string;
  readonly claim: string;
  /** What must be named. */
  readonly object: RegExp;
}

export const nobody: NeverRule = { says: 'Nobody.', never: 'privilege' };

/** All four commands of a table. */
export const all = (table: string): readonly string[] =>
  ['select', 'insert', 'update', 'delete'].map((command) => `${table}.${command}`);

/** Rules for a table of which everybody may do everything with the rows of their tenant, and nothing with others. */
export function ofTenant(
  table: string,
  key: readonly string[],
  columns: readonly string[],
  more: Partial<AccessRules> = {},
): AccessRules {
  const own = (alias: string) => `"${alias}".tenant = actor.tenant`;
  return {
    table: `s.${table}`,
    key,
    select: { says: 'Those of the tenant.', where: own('row') },
    insert: { says: 'Those of the tenant.', where: own('new') },
    update: { says: 'Those of the tenant, which they keep.', columns, where: own('old'), to: own('new') },
    delete: { says: 'Those of the tenant.', where: own('row') },
    try: { tenant: ['1', '2'] },
    ...more,
  };
}

/** What `ofTenant` says, in SQL. */
export function tenantPolicies(table: string, columns: readonly string[]): string {
  const own = 'tenant = s.tenant()';
  return `ALTER TABLE s.${table} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON s.${table} TO s_user USING (${own}) WITH CHECK (${own});
    GRANT SELECT, INSERT, UPDATE (${columns.join(', ')}), DELETE ON s.${table} TO s_user;`;
}

/** A table without secrets that the others look up: everybody reads it. */
export function lookup(table: string, key: readonly string[]): AccessRules {
  return {
    table: `s.${table}`,
    key,
    select: { says: 'All.', where: 'true' },
    insert: nobody,
    update: nobody,
    delete: nobody,
  };
}

export const widened = (table: string, claim: string): Broken => ({
  says: 'the policy lets everything through',
  sql: `ALTER POLICY tenant ON s.${table} USING (true) WITH CHECK (true)`,
  claim,
  object: /tenant/,
});
