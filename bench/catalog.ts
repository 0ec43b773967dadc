/**
 * How long the catalogue of 1,000 tables with 5,000 policies takes to read, as it stands right after migrations, and to
 * digest: `npx jiti bench/catalog.ts`.
 */
import { fileURLToPath } from 'node:url';

import { catalogDigest } from '../src/catalog/digest.ts';
import { readCatalog } from '../src/catalog/read-catalog.ts';
import { startCluster } from '../src/cluster/cluster.ts';

const rounds = 5;

const prepareSql = /* sql */ `
  CREATE ROLE app_user;
  CREATE SCHEMA app;
  CREATE TYPE app.visibility AS ENUM ('private', 'tenant', 'public');
  CREATE TABLE app.tenants (id uuid PRIMARY KEY);
  CREATE TABLE app.members (id uuid PRIMARY KEY, tenant_id uuid REFERENCES app.tenants, role text);
  CREATE FUNCTION app.current_tenant() RETURNS uuid STABLE LANGUAGE sql
    AS $$ SELECT current_setting('app.current_tenant_id', true)::uuid $$;
  CREATE FUNCTION app.may_change(tenant uuid, owner uuid) RETURNS boolean STABLE SECURITY DEFINER LANGUAGE sql
    SET search_path = pg_catalog AS $$ SELECT EXISTS (SELECT FROM app.members WHERE id = owner AND tenant_id = tenant) $$;
  CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.updated_at := now(); RETURN new; END $$`;

/** To a table: five policies, nine columns, two foreign keys, three indexes, a trigger, grants on it and on columns. */
const buildSql = /* sql */ `
  DO $do$ BEGIN
    FOR n IN 1..1000 LOOP EXECUTE format($table$
      CREATE TABLE app.%1$I (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        tenant_id uuid NOT NULL REFERENCES app.tenants,
        owner_id uuid NOT NULL REFERENCES app.members,
        name varchar(255) NOT NULL CHECK (length(name) > 0),
        visibility app.visibility NOT NULL DEFAULT 'tenant',
        settings jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz,
        deleted_at timestamptz);
      CREATE INDEX ON app.%1$I (tenant_id, created_at DESC) WHERE deleted_at IS NULL;
      CREATE INDEX ON app.%1$I (owner_id);
      CREATE TRIGGER touch BEFORE UPDATE ON app.%1$I FOR EACH ROW
        WHEN (old.* IS DISTINCT FROM new.*) EXECUTE FUNCTION app.touch();
      ALTER TABLE app.%1$I ENABLE ROW LEVEL SECURITY;
      CREATE POLICY tenant ON app.%1$I AS RESTRICTIVE USING (tenant_id = (SELECT app.current_tenant()));
      CREATE POLICY readable ON app.%1$I FOR SELECT TO app_user USING (deleted_at IS NULL AND (visibility = 'tenant'
        OR EXISTS (SELECT FROM app.members AS m WHERE m.id = owner_id AND m.role IN ('owner', 'admin'))));
      CREATE POLICY addable ON app.%1$I FOR INSERT TO app_user
        WITH CHECK (owner_id = current_setting('app.current_user_id', true)::uuid);
      CREATE POLICY changeable ON app.%1$I FOR UPDATE TO app_user
        USING (owner_id = current_setting('app.current_user_id', true)::uuid) WITH CHECK (app.may_change(tenant_id, owner_id));
      CREATE POLICY removable ON app.%1$I FOR DELETE TO app_user USING (app.may_change(tenant_id, owner_id));
      GRANT SELECT, INSERT, DELETE ON app.%1$I TO app_user;
      GRANT UPDATE (name, visibility, settings) ON app.%1$I TO app_user
    $table$, 'table_' || n); END LOOP;
  END $do$`;

export interface CatalogRates {
  readonly relations: number;
  readonly policies: number;
  /** The first read of a connection, which finds the server's caches empty. */
  readonly firstMs: number;
  readonly readMs: readonly number[];
  readonly medianMs: number;
  readonly digestMs: number;
}

/** Builds the database on a server of its own and reads it, on one connection. */
export async function benchCatalog(): Promise<CatalogRates> {
  const settings = { max_locks_per_transaction: 1024, shared_buffers: '256MB' };
  const cluster = await startCluster({ on: 'auto', settings, throwaway: true });
  try {
    const builder = await cluster.primary.connect();
    await builder.query(prepareSql);
    await builder.query(buildSql);
    await builder.end();
    const client = await cluster.primary.connect();
    const read = () => readCatalog(async (sql, values) => (await client.query(sql, values)).rows);
    const begin = performance.now();
    let catalog = await read();
    const firstMs = Math.round(performance.now() - begin);
    const readMs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const start = performance.now();
      catalog = await read();
      readMs.push(Math.round(performance.now() - start));
    }
    const start = performance.now();
    catalogDigest(catalog);
    return {
      relations: catalog.relations.length,
      policies: catalog.policies.length,
      firstMs,
      readMs,
      medianMs: [...readMs].sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN,
      digestMs: Math.round(performance.now() - start),
    };
  } finally {
    await cluster.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { relations, policies, firstMs, readMs, medianMs, digestMs } = await benchCatalog();
  process.stdout.write(
    `${relations.toLocaleString('en')} relations, ${policies.toLocaleString('en')} policies\n` +
      `reading the catalogue        ${medianMs} ms (median of ${readMs.join(', ')}; the first ${firstMs})\n` +
      `its digest                   ${digestMs} ms\n`,
  );
}
