import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import { migrate } from '../../src/cluster/migrate.ts';
import { until } from '../../src/cluster/until.ts';
import { scratchFolder } from './support.ts';

let cluster: Cluster;
let client: pg.Client;
beforeAll(async () => {
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
});
afterAll(() => cluster.close());
beforeEach(async () => {
  const database = `m_${Math.random().toString(36).slice(2)}`;
  await cluster.primary.createDatabase(database);
  client = await cluster.primary.connect({ database });
  onTestFinished(() => client.end());
});

function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const made = path.join(scratchFolder(), 'migrations');
  mkdirSync(made);
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(made, name), content);
  return made;
}

async function failure(files: Readonly<Record<string, string | Uint8Array>>) {
  return (await migrate(client, folder(files)).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  )) as Error & { hint: string; place: Record<string, unknown> };
}

async function exists(relation: string): Promise<boolean> {
  const { rows } = await client.query('SELECT to_regclass($1) IS NOT NULL AS there', [relation]);
  return rows[0].there;
}

test('applies files in order, each in a fresh session', async () => {
  const applied = await migrate(
    client,
    folder({
      '2.sql': 'CREATE TABLE s.b (a int REFERENCES s.a); CREATE TABLE public.c ()',
      '1.sql':
        '\ufeffCREATE SCHEMA s; SET search_path = s; CREATE TABLE a (id int PRIMARY KEY); CREATE ROLE r1; SET ROLE r1;',
      'notes.md': 'not SQL',
      '3.sql': '-- nothing\n',
    }),
  );
  expect(applied.map(({ file }) => path.basename(file))).toEqual(['1.sql', '2.sql', '3.sql']);
  expect(await exists('s.b')).toBe(true);
});

test('a syntax error names file, line, column, statement and SQLSTATE in one line', async () => {
  const error = await failure({ '001.sql': 'CREATE TABLE a ();\n-- 𝄞é\n  CREATE TABEL b ();\nSELECT 1;' });
  expect(error.place).toMatchObject({
    line: 3,
    column: 10,
    statement: 'CREATE TABEL b ()',
    sqlstate: '42601',
  });
  expect(error.message).toMatch(
    /001\.sql:3:10: syntax error at or near "TABEL" \(42601\) in: CREATE TABEL b \(\)$/,
  );
  expect(error.message).not.toContain('\n');
});

test('a file is one transaction', async () => {
  const error = await failure({
    '1.sql': 'CREATE TABLE a ();\n;\nCREATE TABLE b ();\n\nCREATE TABLE a\n(id int);',
  });
  expect(error.place).toMatchObject({
    line: 5,
    column: 1,
    statement: 'CREATE TABLE a (id int)',
    sqlstate: '42P07',
  });
  expect(await exists('b')).toBe(false);
});

test('an error inside a function names the statement that called it', async () => {
  const error = await failure({
    '1.sql': "CREATE TABLE a ();\nDO $$\nBEGIN\n  EXECUTE 'SELECT nothing';\nEND $$;",
  });
  expect(error.place).toMatchObject({ line: 2, column: 1, sqlstate: '42703' });
  expect(error.message).toContain('PL/pgSQL function inline_code_block line 3');
});

test('a constraint that fails says with which row', async () => {
  const error = await failure({
    '1.sql': 'CREATE TABLE a (id int PRIMARY KEY);\nINSERT INTO a VALUES (7), (7);',
  });
  expect(error.message).toContain('Key (id)=(7) already exists');
  expect(error.place).toMatchObject({ line: 2 });
});

test('statements that no transaction may hold are run one by one', async () => {
  await migrate(
    client,
    folder({ '1.sql': 'CREATE TABLE a (id int); CREATE INDEX CONCURRENTLY a_id ON a (id); VACUUM a' }),
  );
  expect(await exists('a_id')).toBe(true);
  const error = await failure({ '1.sql': 'SELECT 1;\nCREATE INDEX CONCURRENTLY ON a (nope);' });
  expect(error.place).toMatchObject({
    line: 2,
    sqlstate: '42703',
    statement: 'CREATE INDEX CONCURRENTLY ON a (nope)',
  });
});

test('a word that only looks like it does not split the file', async () => {
  await failure({
    '1.sql': "CREATE TABLE a ();\nCOMMENT ON TABLE a IS 'vacuum the database concurrently';\nSELECT 1/0;",
  });
  expect(await exists('a')).toBe(false);
});

test('commands of psql and standard input are refused with a hint', async () => {
  const meta = await failure({ '1.sql': 'SELECT 1;\n\\i other.sql\n' });
  expect(meta.hint).toContain('psql');
  expect(meta.place).toMatchObject({ line: 2, column: 1 });
  const copy = await failure({ '1.sql': 'CREATE TABLE a (id int);\nCOPY a FROM stdin;\n' });
  expect(copy.hint).toContain('INSERT');
});

test('a folder that is missing or empty, and a file that is not UTF-8, are errors', async () => {
  await expect(migrate(client, '/no/such/folder')).rejects.toThrow('/no/such/folder cannot be read');
  await expect(migrate(client, folder({ 'a.txt': '' }))).rejects.toThrow('holds no *.sql');
  const latin = await failure({ '1.sql': Uint8Array.of(0x53, 0xe9) });
  expect(latin.message).toContain('is not UTF-8');
});

test('a connection that is lost names the file', async () => {
  const error = await failure({ '1.sql': 'SELECT pg_terminate_backend(pg_backend_pid())' });
  expect(error.message).toMatch(/1\.sql/);
});

test('an aborted signal interrupts a migration', async () => {
  const interrupt = new AbortController();
  const reason = new Error('interrupted');
  const running = migrate(client, folder({ '1.sql': 'SELECT pg_sleep(600)' }), interrupt.signal);
  const watcher = await cluster.primary.connect();
  await until(async () => {
    const { rowCount } = await watcher.query(
      "SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'",
    );
    return rowCount === 1;
  }, 5_000);
  interrupt.abort(reason);
  await expect(running).rejects.toBe(reason);
  await watcher.end();
});
