import type { Relation } from '../../catalog/catalog.ts';
import { relation, roleOf } from '../../catalog/index.ts';
import type { FindingCheck, Found } from '../check.ts';
import { requestersOf, requestRoles } from '../evidence/request-roles.ts';
import { viewReads } from '../evidence/view-reads.ts';
import type { Scene } from '../scene.ts';
import { ofRelation } from '../subject.ts';

const definitionSql = /* sql */ `
  SELECT pg_catalog.pg_get_viewdef($1::pg_catalog.oid) AS text`;

/** A view asks its tables as its owner, unless it is security_invoker. Told where no policy binds that owner. */
export const viewsOwnerRights: FindingCheck = {
  id: 'views.owner-rights',
  async find(scene) {
    const { catalog, of, version } = scene;
    const reads = await viewReads(scene);
    const silent = of === 'document' && requestRoles(catalog).length === 0;
    const found: Found[] = [];
    for (const view of catalog.relations.filter(({ kind }) => kind === 'view')) {
      if (isInvoker(view)) continue;
      const over = protectedBases(scene, reads, view);
      if (over.length === 0) continue;
      const roles = requestersOf(catalog, view.identity, 'SELECT', 'INSERT', 'UPDATE', 'DELETE');
      if (roles.length === 0 && !silent) continue;
      const asks = await asksSession(scene, view);
      found.push({
        severity: asks ? 'note' : silent ? 'warning' : 'error',
        subject: ofRelation(view.identity),
        says: `${view.identity} reads ${over.join(', ')} with the rights of ${view.owner}, whom policies do not bind${silent ? '' : `; ${roles.join(', ')} may ask it`}`,
        why: asks
          ? 'a condition of its own asks who is there; it must say all that the policies say'
          : 'row security does not hold for who asks the view',
        fix:
          version >= 150_000
            ? `ALTER VIEW ${view.identity} SET (security_invoker = true)`
            : `ALTER VIEW ${view.identity} OWNER TO a role that policies bind`,
      });
    }
    return found;
  },
};

function isInvoker({ options }: Relation): boolean {
  return options.some((option) => /^security_invoker=(?:true|on|yes|1)$/i.test(option));
}

/** Tables with row security that a view reads, through other views too, as an owner whom it does not bind. */
function protectedBases(
  { catalog }: Scene,
  reads: ReadonlyMap<string, readonly string[]>,
  view: Relation,
): readonly string[] {
  const bases = new Set<string>();
  const seen = new Set([view.identity]);
  const role = roleOf(catalog, view.owner);
  const free = role?.superuser === true || role?.bypassRowSecurity === true;
  for (const identity of seen) {
    for (const base of reads.get(identity) ?? []) {
      const found = relation(catalog, base);
      // A view with rights of its own is a finding of its own.
      if (found?.kind === 'view' && isInvoker(found)) seen.add(base);
      const unbound = free || (found?.owner === view.owner && !found.forceRowSecurity);
      if (found?.rowSecurity === true && unbound) bases.add(base);
    }
  }
  return [...bases];
}

/** Whether the view itself asks who is there. */
async function asksSession({ query, catalog }: Scene, { oid }: Relation): Promise<boolean> {
  const [row] = await query(definitionSql, [oid]);
  const text = String(row?.text ?? '');
  if (/\bcurrent_setting\(|\b(?:CURRENT|SESSION)_USER\b/i.test(text)) return true;
  return catalog.functions.some(
    ({ schema, name, volatility, fromExtension }) =>
      volatility !== 'immutable' &&
      !fromExtension &&
      (text.includes(`${schema}.${name}(`) || text.includes(` ${name}(`) || text.includes(`(${name}(`)),
  );
}
