/**
 * How long the checks take on a database of 1,000 tables with 5,000 policies, all different, the reading of its catalogue
 * included: `npx jiti bench/findings.ts [--parts]`. At most 5 s is the aim. `--parts` shows what takes it: what several
 * checks share is paid for by the first of them.
 */
import { fileURLToPath } from 'node:url';

import type pg from 'pg';
import { type Query, readCatalog } from '../src/catalog/index.ts';
import { startCluster } from '../src/cluster/cluster.ts';
import { checks } from '../src/findings/checks/index.ts';
import { findIn } from '../src/findings/index.ts';

const rounds = 3;

const prepareSql = /* sql */ `
  CREATE ROLE requests LOGIN;
  CREATE SCHEMA app;
  GRANT USAGE ON SCHEMA app TO requests;
  CREATE TABLE app.tenants (id uuid PRIMARY KEY);
  CREATE TABLE app.members (id uuid PRIMARY KEY, tenant_id uuid NOT NULL REFERENCES app.tenants, role text);
  CREATE FUNCTION app.tenant() RETURNS uuid STABLE LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ BEGIN RETURN nullif(current_setting('app.tenant', true), '')::uuid; END $$;
  CREATE TABLE app.records (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz, user_id text, action text, row jsonb);
  CREATE FUNCTION app.record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    BEGIN INSERT INTO app.records (at, user_id, action, row) VALUES (now(), session_user, TG_OP, to_jsonb(NEW)); RETURN NULL; END $$`;

/** To a table: five policies with names of its own in them, two foreign keys, three indexes, a view, audit triggers, grants. */
const buildSql = /* sql */ `
  DO $do$ BEGIN
    FOR n IN 1..1000 LOOP EXECUTE format($table$
      CREATE TABLE app.%1$I (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        tenant_id uuid NOT NULL REFERENCES app.tenants,
        owner_id uuid NOT NULL REFERENCES app.members,
        %2$I text NOT NULL,
        visibility text NOT NULL DEFAULT 'tenant',
        deleted_at timestamptz);
      CREATE INDEX ON app.%1$I (tenant_id, visibility);
      CREATE INDEX ON app.%1$I (owner_id);
      CREATE VIEW app.%3$I AS SELECT id, %2$I FROM app.%1$I;
      CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON app.%1$I FOR EACH ROW EXECUTE FUNCTION app.record();
      ALTER TABLE app.%1$I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY tenant ON app.%1$I AS RESTRICTIVE USING (tenant_id = (SELECT app.tenant()));
      CREATE POLICY readable ON app.%1$I FOR SELECT TO requests USING (deleted_at IS NULL AND (visibility = 'tenant'
        OR EXISTS (SELECT FROM app.members AS m WHERE m.id = owner_id AND m.role IN ('owner', %2$L))));
      CREATE POLICY addable ON app.%1$I FOR INSERT TO requests
        WITH CHECK (owner_id = nullif(current_setting('app.user', true), '')::uuid AND %2$I <> %1$L);
      CREATE POLICY changeable ON app.%1$I FOR UPDATE TO requests
        USING (owner_id = nullif(current_setting('app.user', true), '')::uuid OR %2$I = 'open') WITH CHECK (%2$I <> 'closed');
      CREATE POLICY removable ON app.%1$I FOR DELETE TO requests USING (%2$I = '' AND owner_id = (SELECT app.tenant()));
      GRANT SELECT, INSERT, DELETE ON app.%1$I TO requests;
      GRANT UPDATE (%2$I, visibility) ON app.%1$I TO requests
    $table$, 'table_' || n, 'name_' || n, 'view_' || n); END LOOP;
  END $do$`;

interface Part {
  readonly name: string;
  readonly milliseconds: number;
}

/** Builds the database on a server of its own and looks at it, on one connection. */
export async function benchFindings({ parts: wantsParts = false } = {}) {
  const settings = { max_locks_per_transaction: 1024, shared_buffers: '256MB' };
  const cluster = await startCluster({ on: 'auto', settings, throwaway: true });
  try {
    const client = await cluster.primary.connect();
    await client.query(prepareSql);
    await client.query(buildSql);
    await client.end();
    const milliseconds: number[] = [];
    const ofNode: number[] = [];
    let policies = 0;
    let findings = 0;
    for (let round = 0; round < rounds; round++) {
      // As a review does it: a backend that knows nothing of the tables yet.
      const own = await cluster.primary.connect();
      const [start, cpu] = [performance.now(), process.cpuUsage()];
      await own.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const found = await findIn(queryOf(own), { of: 'database' });
      await own.query('ROLLBACK');
      milliseconds.push(Math.round(performance.now() - start));
      const { user, system } = process.cpuUsage(cpu);
      ofNode.push(Math.round((user + system) / 1000));
      await own.end();
      policies = found.catalog.policies.length;
      findings = found.findings.length;
    }
    const parts = wantsParts ? await partsOf(queryOf(await cluster.primary.connect())) : [];
    return { policies, findings, milliseconds, ofNode, parts };
  } finally {
    await cluster.close();
  }
}

function queryOf(client: pg.Client): Query {
  return async (sql, values = []) => (await client.query(sql, [...values])).rows;
}

/** What each part takes, the slowest first. */
async function partsOf(query: Query): Promise<readonly Part[]> {
  const parts: Part[] = [];
  const timed = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    parts.push({ name, milliseconds: Math.round(performance.now() - start) });
    return result;
  };
  await query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  const catalog = await timed('the catalogue', () => readCatalog(query));
  const [row] = await query(`SELECT current_setting('server_version_num')::int AS version`);
  const scene = { catalog, query, of: 'database', version: Number(row?.version) } as const;
  for (const check of checks) await timed(check.id, () => check.find(scene));
  await query('ROLLBACK');
  return parts.sort((one, other) => other.milliseconds - one.milliseconds);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await benchFindings({ parts: process.argv.includes('--parts') });
  const { policies, findings, milliseconds, ofNode, parts } = found;
  process.stdout.write(
    `checks of 1,000 tables, ${policies.toLocaleString('en')} policies   ${milliseconds.join(', ')} ms, of Node's CPU ${ofNode.join(', ')} ms (${findings} findings)\n`,
  );
  for (const part of parts) process.stdout.write(`  ${part.name.padEnd(40)} ${part.milliseconds} ms\n`);
}
