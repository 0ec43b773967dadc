import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import { migrate } from '../../src/cluster/migrate.ts';
import { builtInDesigns, loadDesign, packageRoot } from '../../src/design/load.ts';
import { reviewDesign } from '../../src/findings/index.ts';
import { findWith, grave } from './support.ts';

describe('a repaired design has neither an error nor a warning', () => {
  test.each(builtInDesigns().map(({ name }) => name))('%s', async (name) => {
    const { design } = await loadDesign(name, packageRoot);
    const report = await reviewDesign(design, { on: 'auto', version: '0.0.0', from: packageRoot });
    expect(report.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    expect(report.notLookedAt).toEqual([]);
    expect(report.looked.requestRoles).toContain(design.request.role);
    for (const { place } of report.findings) expect(place?.file).toMatch(/^fixtures\/.*\.sql$/);
  });
});

/** The same rights, said in other words. */
const rewrites = {
  'a policy split in two': `
    DROP POLICY user_roles_select_policy ON auth.user_roles;
    CREATE POLICY own ON auth.user_roles FOR SELECT TO app_user USING (user_id = (SELECT auth.active_user_id()));
    CREATE POLICY every ON auth.user_roles FOR SELECT TO app_user USING ((SELECT auth.is_system_admin()))`,
  'branches in another order': `
    ALTER POLICY sessions_select_policy ON auth.sessions
      USING ((SELECT auth.is_system_admin()) OR (SELECT auth.active_user_id()) = user_id)`,
  'a policy and a table renamed': `
    ALTER POLICY comments_select_policy ON app.comments RENAME TO "Who; reads";
    ALTER TABLE app.comments RENAME TO "Re""marks"`,
  'a column renamed': 'ALTER TABLE app.projects RENAME organization_id TO "Org;"',
  'a helper inlined': `
    ALTER POLICY sessions_update_policy ON auth.sessions USING (user_id = (SELECT u.id FROM auth.users u
      WHERE u.id = auth.current_user_id() AND u.status = 'active' AND u.deleted_at IS NULL))`,
  'an index more': 'CREATE INDEX ON app.tasks (title)',
  'WITH CHECK said again': `
    ALTER POLICY sessions_update_policy ON auth.sessions WITH CHECK (user_id = (SELECT auth.active_user_id()))`,
} as const;

describe('rewrites of saas that change no right have neither', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    const { design } = await loadDesign('saas-gcp', packageRoot);
    cluster = await startCluster({
      on: 'auto',
      settings: { max_locks_per_transaction: 256 },
      throwaway: true,
    });
    await cluster.primary.createDatabase('saas');
    const client = await cluster.primary.connect({ database: 'saas' });
    for (const folder of design.migrations) await migrate(client, folder);
    await client.end();
  });
  afterAll(() => cluster?.close());

  test.each(Object.entries(rewrites))('%s', async (_, sql) => {
    const client = await cluster.primary.connect({ database: 'saas' });
    await client.query('BEGIN');
    await client.query(sql);
    expect(await findWith(client, grave, false)).toEqual([]);
    await client.query('ROLLBACK');
    await client.end();
  });
});
