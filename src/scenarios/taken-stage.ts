import type pg from 'pg';
import { type Catalog, catalogDigest, type Query, readCatalog } from '../catalog/index.ts';
import { validateRules } from '../checks/validate-rules.ts';
import { overClient } from '../cluster/over-client.ts';
import type { ReachedCluster } from '../cluster/url/reach.ts';
import { ConfigError } from '../design/config-error.ts';
import { catalogSchemas } from '../design/schemas.ts';
import type { ValidDesign } from '../design/validate.ts';
import { actorsOf, buildStage, type Stage, type StageOptions } from './stage.ts';

/**
 * The database of a user's server as the stage. One that has tables of the design is taken as it is; one that has none is migrated
 * and filled where writes are allowed, which stays. Throws ConfigError where they are not, or when the rules do not fit.
 */
export async function takeStage(
  cluster: ReachedCluster,
  design: ValidDesign,
  options: StageOptions,
): Promise<Stage> {
  const { database, writes } = cluster;
  const taken = await takeAsIs(cluster, design, options);
  if (taken !== undefined) return taken;
  if (!writes) {
    throw new ConfigError(
      database,
      `has none of the tables of ${design.name}`,
      `give the database of the design, or --allow-writes ${database} to have this one migrated and filled`,
    );
  }
  const built = await buildStage(cluster, database, design, options);
  const note = `${database} had none of the design's tables: the migrations and the data of the design were put there, and stay, as do the roles that they make`;
  return { ...built, notes: [note] };
}

async function takeAsIs(
  cluster: ReachedCluster,
  design: ValidDesign,
  { signal, onEvent }: StageOptions,
): Promise<Stage | undefined> {
  const { database, primary } = cluster;
  const client = await primary.connect();
  return overClient(client, signal, async () => {
    await client.query(`SET default_transaction_read_only = on; SET statement_timeout = '120s'`);
    onEvent({ type: 'phase', name: 'catalogue' });
    const query: Query = async (sql, values = []) => (await client.query(sql, [...values])).rows;
    const catalog = await readCatalog(query, { schemas: catalogSchemas(design) });
    if (!hasAny(catalog, design)) return undefined;
    const superuser = cluster.capabilities.has('superuser');
    if (superuser) await validateRules(design, catalog, query);
    const rows = await countRows(client, design, catalog);
    const notes = [
      `${database} was taken as it is: neither its objects nor its data were compared with the design's migrations and data plan`,
      ...(superuser ? [] : ['the rules were not tried on the database, which takes a superuser']),
      ...(Object.keys(rows).length === design.access.length
        ? []
        : ['rows were counted only where the role sees all of them']),
    ];
    return { database, catalog, digest: catalogDigest(catalog), actors: actorsOf(design), rows, notes };
  });
}

function hasAny({ relations }: Catalog, { access }: ValidDesign): boolean {
  const there = new Set(relations.map(({ identity }) => identity));
  return access.some(({ table }) => there.has(table));
}

/** Rows of the tables that the role may read whole. */
async function countRows(
  client: pg.Client,
  design: ValidDesign,
  { relations }: Catalog,
): Promise<Record<string, number>> {
  const there = new Set(relations.map(({ identity }) => identity));
  const counts: Record<string, number> = {};
  // A policy that would hide rows is then an error.
  await client.query('SET row_security = off');
  for (const { table } of design.access) {
    if (!there.has(table)) continue;
    try {
      const { rows } = await client.query<{ rows: string }>(`SELECT count(*) AS rows FROM ${table}`);
      counts[table] = Number(rows[0]?.rows ?? 0);
    } catch (error) {
      // Not for this role to count, or too many to count in the time that one statement has.
      if (!['42501', '57014'].includes((error as { readonly code?: string }).code ?? '')) throw error;
    }
  }
  return counts;
}
