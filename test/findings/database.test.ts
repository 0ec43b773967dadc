import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import {
  FindingsReport,
  renderFindings,
  renderFindingsSarif,
  reviewDatabase,
} from '../../src/findings/index.ts';

const version = '0.0.0';
const secret = 's3cr3t-p@ss';

const setupSql = `
  CREATE ROLE requests LOGIN;
  CREATE ROLE reviewer LOGIN PASSWORD '${secret}';
  CREATE TABLE open (id int PRIMARY KEY, tenant_id int NOT NULL);
  CREATE TABLE closed (id int PRIMARY KEY, tenant_id int NOT NULL);
  CREATE TABLE closed_too (id int PRIMARY KEY, tenant_id int NOT NULL);
  CREATE INDEX ON closed (tenant_id);
  CREATE INDEX ON closed_too (tenant_id);
  ALTER TABLE closed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  ALTER TABLE closed_too ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY own ON closed USING (tenant_id = nullif(current_setting('app.tenant', true), '')::int);
  CREATE POLICY own ON closed_too USING (tenant_id = nullif(current_setting('app.tenant', true), '')::int);
  GRANT SELECT ON open, closed, closed_too TO requests`;

let cluster: Cluster;
let asReviewer: string;
let asSuperuser: string;

beforeAll(async () => {
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  const client = await cluster.primary.connect();
  await client.query(setupSql);
  await client.end();
  const { tcp, socketFolder, place } = cluster.primary;
  asReviewer = `postgres://reviewer:${encodeURIComponent(secret)}@${tcp.host}:${tcp.port}/postgres`;
  asSuperuser = `postgresql:///postgres?host=${encodeURIComponent(socketFolder)}&port=${place.port}&user=postgres`;
});

afterAll(() => cluster?.close());

describe('review of a live database', () => {
  test('any login sees the same findings, and its password is nowhere', async () => {
    const report = FindingsReport.parse(await reviewDatabase(asReviewer, { version }));
    const told = report.findings.map(({ id, severity, object }) => [id, severity, object.name]);
    expect(told).toEqual([['rls.disabled', 'error', 'public.open']]);
    expect(report.database).toMatch(/^reviewer@127\.0\.0\.1:\d+\/postgres$/);
    const shown = renderFindings(report, { color: false, width: 100, notes: true });
    for (const text of [JSON.stringify(report), shown, renderFindingsSarif(report)]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encodeURIComponent(secret));
    }
    const all = await reviewDatabase(asSuperuser, { version });
    expect(all.findings).toEqual(report.findings);
  });

  test('SARIF has logical locations', async () => {
    const sarif = JSON.parse(renderFindingsSarif(await reviewDatabase(asReviewer, { version })));
    expect(sarif.runs[0].results[0].locations).toEqual([
      { logicalLocations: [{ fullyQualifiedName: 'public.open', kind: 'relation' }] },
    ]);
  });

  test('--only, --skip and --schema narrow it', async () => {
    const ids = async (options: object) =>
      (await reviewDatabase(asReviewer, { version, ...options })).findings.map(({ id }) => id);
    expect(await ids({ only: ['policies.dormant'] })).toEqual([]);
    expect(await ids({ skip: ['rls.disabled'] })).toEqual([]);
    expect(await ids({ schemas: ['nowhere'] })).toEqual([]);
    expect(await ids({ schemas: ['public'] })).toEqual(['rls.disabled']);
  });

  test('a wrong password is said in one line, without it', async () => {
    const wrong = asReviewer.replace(encodeURIComponent(secret), 'w0rd-of-mine');
    const error = await reviewDatabase(wrong, { version }).catch((reason: unknown) => reason);
    expect(String(error)).toContain('password authentication failed');
    expect(String((error as Error).stack)).not.toContain('w0rd-of-mine');
    expect((error as Error).cause).toBeUndefined();
  });

  test('a URL that is none says nothing of what is in it', async () => {
    const error = await reviewDatabase('postgres://u:h1dden@[bad/x', { version }).catch(
      (reason: unknown) => reason,
    );
    expect(String((error as Error).stack)).not.toContain('h1dden');
  });

  test('a check that may not look says what it needs, and the others go on', async () => {
    const client = await cluster.primary.connect();
    await client.query('REVOKE SELECT ON pg_catalog.pg_parameter_acl FROM PUBLIC');
    try {
      const { notLookedAt, findings } = await reviewDatabase(asReviewer, { version });
      expect(notLookedAt).toEqual([{ id: 'audit.trigger-weak', needs: 'SELECT on pg_parameter_acl' }]);
      expect(findings.map(({ id }) => id)).toEqual(['rls.disabled']);
    } finally {
      await client.query('GRANT SELECT ON pg_catalog.pg_parameter_acl TO PUBLIC');
      await client.end();
    }
  });

  test('statements that take too long, and locks, end it in one line', async () => {
    const client = await cluster.primary.connect();
    await client.query('BEGIN; LOCK TABLE pg_catalog.pg_policy IN ACCESS EXCLUSIVE MODE');
    try {
      await expect(reviewDatabase(asReviewer, { version })).rejects.toThrow(
        /lock timeout; nothing was changed/,
      );
    } finally {
      await client.query('ROLLBACK');
      await client.end();
    }
  });
});
