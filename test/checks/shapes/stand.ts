import type pg from 'pg';
import { readCatalog } from '../../../src/catalog/index.ts';
import { validateRules } from '../../../src/checks/validate-rules.ts';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import { type ValidDesign, validateDesign } from '../../../src/design/validate.ts';
import { accessClaims, defineDesign } from '../../../src/index.ts';
import { actorsOf } from '../../../src/scenarios/stage.ts';
import type { Bench } from '../../../src/scenarios/trial.ts';
import type { Shape } from './shape.ts';

/** A server on which shapes are made one after the other. */
export interface ShapeStand {
  /** The shape, changed by `sql` if any, and a bench on it. Throws what a design that is wrong gives. */
  open(shape: Shape, sql?: string): Promise<Bench>;
  close(): Promise<void>;
}

const setting = (
  name: string,
  type: string,
) => `CREATE FUNCTION s.${name}() RETURNS ${type} LANGUAGE sql STABLE
  AS $$ SELECT nullif(current_setting('s.${name}', true), '')::${type} $$;`;

const frame = `
  DROP SCHEMA IF EXISTS s CASCADE;
  CREATE SCHEMA s;
  GRANT USAGE ON SCHEMA s TO s_user;
  ${setting('id', 'integer')}
  ${setting('tenant', 'integer')}
  ${setting('handle', 'public.citext')}`;

export async function openShapes(): Promise<ShapeStand> {
  const cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  try {
    const client = await cluster.primary.connect();
    await client.query('CREATE ROLE s_user LOGIN; CREATE EXTENSION citext SCHEMA public');
    return {
      open: async (shape, sql = '') => {
        await client.query(`${frame} ${shape.sql} ${sql}`);
        return benchOf(cluster, client, designOf(shape));
      },
      close: async () => {
        await client.end();
        await cluster.close();
      },
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function benchOf(cluster: Cluster, client: pg.Client, design: ValidDesign): Promise<Bench> {
  const query = async (sql: string, values: readonly unknown[] = []) =>
    (await client.query(sql, [...values])).rows;
  const catalog = await readCatalog(query, { schemas: design.schemas });
  await validateRules(design, catalog, query);
  return { client, cluster, template: 'unused', design, catalog, actors: actorsOf(design) };
}

function designOf({ says, access }: Shape): ValidDesign {
  const actor = (id: number, tenant: number, handle: string) => ({
    says: `${handle} of tenant ${tenant}`,
    attributes: { id: String(id), tenant: String(tenant), handle },
  });
  const design = defineDesign({
    name: 'shape',
    title: says,
    source: { file: 'shape.md' },
    postgres: { version: 15, settings: {} },
    topology: { replicas: 0 },
    migrations: new URL('./migrations/', import.meta.url),
    schemas: ['s'],
    request: {
      role: 's_user',
      attributes: { id: 'integer', tenant: 'integer', handle: 'public.citext' },
      session: ({ attributes }) =>
        Object.fromEntries(
          Object.entries(attributes).flatMap(([name, value]) =>
            value === null ? [] : [[`s.${name}`, value]],
          ),
        ),
    },
    logins: ['s_user'],
    actors: () => ({
      anonymous: { says: 'nobody', attributes: { id: null, tenant: null, handle: null } },
      ann: actor(1, 1, 'Ann'),
      bob: actor(2, 1, 'BOB'),
      cy: actor(3, 2, 'cy'),
    }),
    data: { tables: [] },
    access,
    targets: {},
    claims: accessClaims(access, { prefix: 's', file: 'shape.md', controls: [] }),
  });
  return validateDesign(design, import.meta.filename);
}
