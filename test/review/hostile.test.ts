import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { startCluster } from '../../src/cluster/cluster.ts';
import { runPass } from '../../src/review/pass.ts';
import { defaultLimits, Scratch, scratchRole } from '../../src/review/scratch.ts';
import { stepsOf } from '../../src/review/script.ts';
import { statementsOf } from '../../src/review/statements.ts';
import { loadParser } from '../../src/review/tree.ts';
import { scratchFolder } from '../cluster/support.ts';
import { reviewText, shortLimits } from './support.ts';

describe('statements that never end, or end their own session', () => {
  const text = `
CREATE TABLE t (a int);
SELECT pg_sleep(1000);
SET statement_timeout = 0;
DO $$ BEGIN LOOP END LOOP; END $$;
DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(1); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$;
SELECT count(*) FROM generate_series(1, 1e12::bigint);
SELECT repeat('x', 10000000) FROM generate_series(1, 1000);
SELECT pg_terminate_backend(pg_backend_pid());
DO $$ BEGIN EXECUTE 'ALTER DATABASE review CONNECTION LIMIT 0'; EXECUTE 'ALTER ROLE CURRENT_USER PASSWORD ''x'''; END $$;
SELECT pg_terminate_backend(pg_backend_pid());
DROP DATABASE review;
INSERT INTO t VALUES (1);
SELECT 1 / (count(*) - 1) FROM t;`;

  test('are cut off, and the next ones run', async () => {
    const review = await reviewText(text, { limits: shortLimits });
    const failed = review.statements.filter(({ asWritten }) => asWritten.status === 'failed');
    expect(failed.map(({ line }) => line)).toEqual([3, 5, 6, 7, 8, 9, 11, 14]);
    // The last one divides by zero since the row before it is there.
    expect(failed.at(-1)?.asWritten).toMatchObject({ sqlstate: '22012' });
    expect(review.findings.find(({ line }) => line === 6)?.says).toContain('did not end within 0.7 s');
  });
});

test('the scratch role makes no file, reads none, and gets no right beyond its database', async () => {
  await loadParser();
  const folder = scratchFolder();
  const file = (name: string) => path.join(folder, name);
  const text = `
COPY (SELECT 1) TO PROGRAM 'touch ${file('a')}';
COPY (SELECT 1) TO '${file('b')}';
DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch ${file('c')}'''; END $$;
DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO ''${file('d')}'''; END $$;
SELECT pg_read_file('/etc/passwd');
SELECT lo_export(lo_create(0), '${file('e')}');
CREATE EXTENSION dblink;
CREATE EXTENSION file_fdw;
CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x', 'y';
SET ROLE postgres;
SET SESSION AUTHORIZATION postgres;
RESET SESSION AUTHORIZATION;
ALTER ROLE CURRENT_USER SUPERUSER;
ALTER ROLE ${scratchRole} SUPERUSER;
ALTER ROLE postgres PASSWORD 'x';
CREATE ROLE strong SUPERUSER CREATEROLE CREATEDB REPLICATION BYPASSRLS;
CREATE ROLE reader IN ROLE pg_read_server_files;
GRANT pg_execute_server_program TO strong;
SET ROLE strong;
CREATE ROLE stronger SUPERUSER;
GRANT pg_execute_server_program TO ${scratchRole};
RESET ROLE;
DO $$ BEGIN EXECUTE 'CREATE ROLE sly SUPERUSER'; END $$;
ALTER SYSTEM SET archive_command = 'touch ${file('f')}';
DROP DATABASE postgres;`;
  const cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  try {
    const scratch = await Scratch.open(cluster, 'review', defaultLimits);
    const steps = stepsOf(statementsOf({ language: 'sql', text, line: 1, endLine: 1 }));
    const results = await runPass(scratch, steps, { deadline: Date.now() + 30_000, statementMs: 5_000 });
    expect(results).toHaveLength(25);
    expect(['a', 'b', 'c', 'd', 'e', 'f'].filter((name) => existsSync(file(name)))).toEqual([]);
    const roles = await scratch.query(
      `SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication AS power,
              pg_has_role(rolname, 'pg_execute_server_program', 'member')
           OR pg_has_role(rolname, 'pg_read_server_files', 'member')
           OR pg_has_role(rolname, 'pg_write_server_files', 'member') AS reach
         FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' AND rolname <> 'postgres' ORDER BY 1`,
    );
    expect(roles).toEqual(
      [scratchRole, 'reader', 'sly', 'strong', 'stronger'].map((rolname) => ({
        rolname,
        power: false,
        reach: false,
      })),
    );
    const databases = await scratch.query('SELECT FROM pg_database WHERE datname = $1', ['postgres']);
    expect(databases).toHaveLength(1);
    await scratch.close();
  } finally {
    await cluster.close();
  }
});
