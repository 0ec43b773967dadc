import type pg from 'pg';
import { readCatalog } from '../../../src/catalog/index.ts';
import { validateRules } from '../../../src/checks/validate-rules.ts';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { validateDesign } from '../../../src/design/validate.ts';
import { actorsOf } from '../../../src/scenarios/stage.ts';
import type { Bench, TrialResult } from '../../../src/scenarios/trial.ts';
import { tryClaim } from '../../checks/hostile/bench.ts';
import { databaseOf } from './database.ts';
import { claimOf, designOf } from './design.ts';
import type { Scene } from './scene.ts';

/** Makes the scene on a server and runs the claim about its command. */
export async function tryScene(cluster: Cluster, client: pg.Client, scene: Scene): Promise<TrialResult> {
  await client.query(databaseOf(scene));
  return tryClaim(await benchOf(cluster, client, scene), claimOf(scene.command));
}

async function benchOf(cluster: Cluster, client: pg.Client, scene: Scene): Promise<Bench> {
  const design = validateDesign(designOf(scene), import.meta.filename);
  const query = async (sql: string, values: readonly unknown[] = []) =>
    (await client.query(sql, [...values])).rows;
  const catalog = await readCatalog(query, { schemas: design.schemas });
  await validateRules(design, catalog, query);
  return { client, cluster, template: 'unused', design, catalog, actors: actorsOf(design) };
}
