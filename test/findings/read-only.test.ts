import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import { checkIds, reviewDatabase } from '../../src/findings/index.ts';
import { findWith } from './support.ts';

const version = '0.0.0';
const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

/** `reviewer` has what PUBLIC has, and no more: no privilege on a table, no membership, no attribute but LOGIN. */
const rolesSql = /* sql */ `
  CREATE ROLE requests LOGIN;
  CREATE ROLE guests LOGIN;
  CREATE ROLE "Own er" LOGIN;
  CREATE ROLE "By pass" BYPASSRLS;
  CREATE ROLE reviewer LOGIN PASSWORD 'reviewer'`;

/** What stands in the way of whoever trusts the search path of a role: each leaves a trace when it is called. */
const trapsSql = /* sql */ `
  CREATE TABLE public.traces (name text);
  CREATE SCHEMA traps;
  GRANT USAGE ON SCHEMA traps TO PUBLIC;
  GRANT INSERT ON public.traces TO PUBLIC;
  CREATE FUNCTION traps.current_setting(text) RETURNS text LANGUAGE plpgsql
    AS $$ BEGIN INSERT INTO public.traces VALUES ('current_setting'); RETURN '150000'; END $$;
  CREATE FUNCTION traps.pg_get_expr(pg_node_tree, oid) RETURNS text LANGUAGE plpgsql
    AS $$ BEGIN INSERT INTO public.traces VALUES ('pg_get_expr'); RETURN 'true'; END $$;
  CREATE VIEW traps.pg_policy AS SELECT * FROM pg_catalog.pg_policy WHERE false;
  ALTER ROLE reviewer SET search_path = traps, pg_catalog, public`;

let cluster: Cluster;
let client: pg.Client;
let url: string;

beforeAll(async () => {
  // Only what a client does may take a transaction id.
  const settings = { autovacuum: 'off', log_statement: 'all', log_min_duration_statement: -1 };
  cluster = await startCluster({ on: 'auto', settings, throwaway: true });
  client = await cluster.primary.connect();
  await client.query(rolesSql);
  await client.query(read('./common.sql'));
  await client.query(read('./cases/policies.constant.bad.sql'));
  const { host, port } = cluster.primary.tcp;
  url = `postgres://reviewer:reviewer@${host}:${port}/postgres`;
});

afterAll(async () => {
  await client?.end();
  await cluster?.close();
});

/** The next transaction id: it moves when anything is written, and stands still when all is read. */
async function nextTransaction(): Promise<string> {
  const { rows } = await client.query('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next');
  return rows[0]?.next;
}

describe('review of a live database writes nothing', () => {
  test('it takes no transaction id, and every statement of it is one that reads', async () => {
    const before = await nextTransaction();
    const { length } = await cluster.primary.service.log();
    const { findings } = await reviewDatabase(url, { version });
    expect(findings.map(({ id }) => id)).toContain('policies.constant');
    expect(await nextTransaction()).toBe(before);

    const log = (await cluster.primary.service.log()).slice(length);
    const statements = [...log.matchAll(/LOG: {2}(?:statement|execute \S+): ([\s\S]*?)(?=\n\d{4}-|$)/g)]
      .map(([, text = '']) => text.replace(/\s+/g, ' ').trim())
      .filter((text) => !text.includes('pg_current_snapshot'));
    expect(statements[0]).toBe('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    expect(statements).toContain('SET LOCAL default_transaction_read_only = on');
    expect(statements.at(-1)).toBe('ROLLBACK');
    const reads = /^(?:SELECT|WITH|SET LOCAL|SAVEPOINT|RELEASE|ROLLBACK|BEGIN)\b/;
    expect(statements.length).toBeGreaterThan(40);
    expect(statements.filter((text) => !reads.test(text))).toEqual([]);
  });

  test('a login finds what it needs in pg_catalog, whatever its search path leads to', async () => {
    const plain = await reviewDatabase(url, { version, schemas: ['App 1'] });
    await client.query(trapsSql);
    const trapped = await reviewDatabase(url, { version, schemas: ['App 1'] });
    expect(trapped.findings).toEqual(plain.findings);
    const { rows } = await client.query('SELECT name FROM public.traces');
    expect(rows).toEqual([]);
    await client.query(
      'ALTER ROLE reviewer RESET search_path; DROP SCHEMA traps CASCADE; DROP TABLE public.traces',
    );
  });

  test('a login without any privilege finds in each case what a superuser finds', async () => {
    await cluster.primary.createDatabase('common');
    const maker = await cluster.primary.connect({ database: 'common' });
    await maker.query(read('./common.sql'));
    await maker.end();
    for (const id of checkIds) {
      await cluster.primary.createDatabase('case', 'common');
      const own = await cluster.primary.connect({ database: 'case' });
      try {
        await own.query(read(`./cases/${id}.bad.sql`));
        const all = await findWith(own);
        await own.query('SET SESSION AUTHORIZATION reviewer');
        expect(await findWith(own), id).toEqual(all);
        await own.query('RESET SESSION AUTHORIZATION');
        await own.query('REVOKE "By pass" FROM requests');
      } finally {
        await own.end();
        await cluster.primary.dropDatabase('case');
      }
    }
  });
});
