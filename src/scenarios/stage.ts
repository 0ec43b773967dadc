import type pg from 'pg';
import type { Catalog } from '../catalog/catalog.ts';
import { catalogDigest, type Query, readCatalog } from '../catalog/index.ts';
import type { Filled } from '../checks/check.ts';
import { validateRules } from '../checks/validate-rules.ts';
import type { AnyCluster } from '../cluster/cluster.ts';
import { migrate } from '../cluster/migrate.ts';
import { fill, ids } from '../data/index.ts';
import { ConfigError } from '../design/config-error.ts';
import type { Actor } from '../design/design.ts';
import { catalogSchemas } from '../design/schemas.ts';
import type { ValidDesign } from '../design/validate.ts';
import type { OnRunEvent } from './events.ts';

/** A design's database on a cluster, migrated and filled, and what is known of it. */
export interface Stage {
  readonly database: string;
  readonly catalog: Catalog;
  readonly digest: string;
  readonly actors: readonly Actor[];
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** What the data was made of; undefined for data that was there. */
  readonly filled?: Filled;
  /** For the evidence. */
  readonly notes?: readonly string[];
}

export interface StageOptions {
  readonly seed: number;
  readonly scale: number;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly onEvent: OnRunEvent;
}

/** The name of a stage's database: the pooler's entries lead to it. */
export const database = 'pgattest';

/** Makes the design's database: migrations, rules against the catalogue, data. Nobody is connected to it afterwards. */
export async function setStage(
  cluster: AnyCluster,
  design: ValidDesign,
  options: StageOptions,
): Promise<Stage> {
  await cluster.primary.createDatabase(database);
  return buildStage(cluster, database, design, options);
}

/** Migrates and fills a database that is there. */
export async function buildStage(
  { primary }: AnyCluster,
  database: string,
  design: ValidDesign,
  options: StageOptions,
): Promise<Stage> {
  const { signal, onEvent } = options;
  const client = await primary.connect({ database });
  try {
    for (const folder of design.migrations) {
      onEvent({ type: 'phase', name: 'migrate', detail: folder });
      await migrate(client, folder);
      signal.throwIfAborted();
    }
    onEvent({ type: 'phase', name: 'catalogue' });
    const query: Query = async (sql, values = []) => (await client.query(sql, [...values])).rows;
    const catalog = await readCatalog(query, { schemas: catalogSchemas(design) });
    await validateRules(design, catalog, query);
    signal.throwIfAborted();
    onEvent({ type: 'phase', name: 'fill', detail: `scale ${options.scale}, seed ${options.seed}` });
    await fillOrSay(client, design, options);
    const rows = await countRows(client, design);
    const { seed, scale, now } = options;
    const filled = { seed, scale, now };
    return { database, catalog, digest: catalogDigest(catalog), actors: actorsOf(design), rows, filled };
  } finally {
    await client.end();
  }
}

/**
 * The design's actors with their names, and the anonymous one once more: on a connection that has served somebody else, its
 * settings are empty instead of unset.
 */
export function actorsOf(design: ValidDesign): readonly Actor[] {
  const actors = Object.entries(design.actors(ids)).map(([name, actor]) => ({ name, ...actor }));
  const anonymous = actors.find(({ attributes }) =>
    Object.values(attributes).every((value) => value === null),
  );
  if (anonymous === undefined) return actors;
  const again = {
    ...anonymous,
    name: `${anonymous.name} after others`,
    says: `${anonymous.says}; the connection has served somebody else`,
    afterwards: true,
  };
  return [...actors, again];
}

/** Data that the database refuses, or a generator that fails, is the design's to mend. */
async function fillOrSay(client: pg.Client, design: ValidDesign, options: StageOptions): Promise<void> {
  let table = design.data.tables[0]?.table ?? '';
  try {
    await fill(client, design.data, options, (progress) => {
      table = progress.table;
    });
  } catch (error) {
    options.signal.throwIfAborted();
    const what = `data of ${table}: ${(error as Error).message}`;
    throw new ConfigError(design.file, what, 'correct the data plan', { cause: error });
  }
}

async function countRows(client: pg.Client, design: ValidDesign): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { table } of design.access) {
    const { rows } = await client.query<{ rows: string }>(`SELECT count(*) AS rows FROM ${table}`);
    counts[table] = Number(rows[0]?.rows ?? 0);
  }
  return counts;
}
