import type { Actor } from '../../../design/design.ts';
import type { Deciding, Tenancy } from '../../../design/rules.ts';
import type { CheckContext } from '../../check.ts';
import { actorRelation, columnList, ident, isIdentified, literal, type Target } from '../target.ts';

/** Tables that hold rows of tenants, each with its tenancy. */
export interface Owned {
  readonly target: Target;
  /** Expression over `"row"`. */
  readonly tenant: string;
  /** Condition over `"row"`, or `false`. */
  readonly shared: string;
  readonly deciding: Deciding | undefined;
  /** Temporary table with the keys of the tenant's rows. */
  readonly keys: string;
}

/** A tenant, and the actors that look while it changes its rows. */
export interface Intruder {
  readonly tenant: string;
  readonly watchers: readonly Actor[];
}

/** How many tenants are looked at for those that are strangers to many. */
const looked = 12;

/** Who watches a tenant that is there for the sake of one table. */
const fewWatchers = 2;

/**
 * The tenant with rows in most tables that some identified actor has nothing to do with; a second one, watched by those who have to do
 * with the first; and one for each table in which neither has a row.
 */
export async function intrudersOf(
  context: CheckContext,
  tenancy: Tenancy,
  owned: readonly Owned[],
): Promise<readonly Intruder[]> {
  const parts = owned.map(
    ({ target, tenant, shared }, n) =>
      `SELECT DISTINCT ${n} AS n, (${tenant})::text AS tenant FROM ${target.relation.identity} AS "row" WHERE NOT coalesce((${shared}), false)`,
  );
  const rows = await context.session.query(
    `WITH each AS MATERIALIZED (SELECT * FROM (${parts.join(' UNION ALL ')}) AS each WHERE tenant IS NOT NULL),
       rich AS MATERIALIZED (SELECT tenant, array_agg(n ORDER BY n) AS tables FROM each GROUP BY tenant),
       ranked AS (SELECT each.n, rich.*, row_number() OVER (PARTITION BY each.n ORDER BY cardinality(rich.tables) DESC, md5(tenant)) AS rank
                  FROM each JOIN rich USING (tenant))
     SELECT tenant, tables FROM ranked WHERE rank <= ${looked}
     GROUP BY tenant, tables ORDER BY cardinality(tables) DESC, md5(tenant)`,
  );
  const watching = new Set<Actor>();
  const covered = new Set<number>();
  const chosen: Intruder[] = [];
  for (const row of rows) {
    const [tenant, tables] = [String(row.tenant), row.tables as readonly number[]];
    const news = tables.some((n) => !covered.has(n));
    if (chosen.length >= 2 && !news) continue;
    const strangers = await strangersTo(context, tenancy, tenant);
    const others = strangers.filter((actor) => !watching.has(actor));
    const forTable = strangers.filter(isIdentified).slice(0, fewWatchers);
    const watchers = chosen.length < 2 && others.some(isIdentified) ? others : news ? forTable : [];
    if (!watchers.some(isIdentified)) continue;
    for (const actor of watchers) watching.add(actor);
    for (const n of tables) covered.add(n);
    chosen.push({ tenant, watchers });
  }
  return chosen;
}

/** Actors that have nothing to do with a tenant, as the database stands now. */
export async function strangersTo(
  context: CheckContext,
  tenancy: Tenancy,
  tenant: string,
): Promise<readonly Actor[]> {
  const parts = context.actors.map(
    (actor, n) =>
      `SELECT ${n} AS n FROM ${actorRelation(context, actor)}
       WHERE EXISTS (SELECT FROM (${tenancy.actorTenants}) AS mine(tenant) WHERE mine.tenant::text = ${literal(tenant)})`,
  );
  const rows = await context.session.query(parts.join(' UNION ALL '));
  const having = new Set(rows.map(({ n }) => Number(n)));
  return context.actors.filter((_, n) => !having.has(n));
}

/** Notes the keys of the tenant's rows: once the rows that tell whose they are have gone, nobody could tell. */
export async function noteKeys(
  context: CheckContext,
  owned: readonly Owned[],
  tenant: string,
): Promise<readonly Owned[]> {
  const found: Owned[] = [];
  for (const each of owned) {
    const { target, keys } = each;
    await context.session.script(
      `DROP TABLE IF EXISTS ${keys}; CREATE TEMPORARY TABLE ${ident(bare(keys))} ON COMMIT DROP AS
       SELECT ${columnList(target.rules.key, '"row"')} FROM ${target.relation.identity} AS "row"
       WHERE (${each.tenant})::text = ${literal(tenant)} AND NOT coalesce((${each.shared}), false)`,
    );
    const [row] = await context.session.query(`SELECT count(*)::int AS rows FROM ${keys}`);
    if (Number(row?.rows) > 0) found.push(each);
  }
  return found;
}

/** A row of the tenant, over an alias. */
export function isTheirs({ target, keys }: Owned, alias: string): string {
  const key = target.rules.key;
  return `EXISTS (SELECT FROM ${keys} AS theirs WHERE ${key
    .map((name) => `theirs.${ident(name)} IS NOT DISTINCT FROM ${alias}.${ident(name)}`)
    .join(' AND ')})`;
}

function bare(keys: string): string {
  return keys.slice('pg_temp.'.length).replace(/^"|"$/g, '');
}
