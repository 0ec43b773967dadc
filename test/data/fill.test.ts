import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import { fill } from '../../src/data/fill.ts';
import { BrokenForeignKey, verifyForeignKeys } from '../../src/data/foreign-keys.ts';
import type { DataPlan, Value } from '../../src/design/data-plan.ts';

const options = { seed: 1, scale: 1, now: new Date('2026-03-15T12:00:00Z') };
let cluster: Cluster;
let client: pg.Client;

beforeAll(async () => {
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  client = await cluster.primary.connect();
}, 60_000);
afterAll(async () => {
  await client?.end();
  await cluster?.close();
});

async function roundTrip(type: string, values: readonly Value[]): Promise<unknown[]> {
  await client.query(`CREATE TABLE "Round ""Trip" (n int, "the \\ value" ${type})`);
  try {
    const table = '"Round ""Trip"';
    await fill(
      client,
      {
        tables: [
          {
            table,
            rows: () => values.length,
            columns: { n: (cell) => cell.row, 'the \\ value': (cell) => values[cell.row] ?? null },
          },
        ],
      },
      options,
    );
    const { rows } = await client.query<{ value: unknown }>(
      `SELECT "the \\ value" AS value FROM ${table} ORDER BY n`,
    );
    return rows.map((row) => row.value);
  } finally {
    await client.query('DROP TABLE "Round ""Trip"');
  }
}

test('texts come back as they were', async () => {
  const values = [
    '',
    ' ',
    '\\',
    '\\N',
    '\\.',
    'a\tb\nc\rd\r\n',
    '\\t\\n',
    '"',
    "'",
    '{}',
    'NULL',
    'é😀',
    '\b\f\v',
    null,
  ];
  expect(await roundTrip('text', values)).toEqual(values);
});

test('arrays come back as they were', async () => {
  const values = [[], ['a'], ['NULL', null, ''], ['a,b', '{c}', '"d"', '\\e', ' f ', '\t\n\r'], null];
  expect(await roundTrip('text[]', values)).toEqual(values);
  expect(
    await roundTrip('int[]', [
      [1, 2, null],
      [
        [1, 2],
        [3, 4],
      ],
    ]),
  ).toEqual([
    [1, 2, null],
    [
      [1, 2],
      [3, 4],
    ],
  ]);
});

test('JSON, booleans, numbers and times come back as they were', async () => {
  const documents = [{}, { a: 'b\\"\n\t', c: [1, null, { d: 'é' }] }, { '\\': true }];
  expect(await roundTrip('jsonb', documents)).toEqual(documents);
  expect(await roundTrip('boolean', [true, false, null])).toEqual([true, false, null]);
  expect(await roundTrip('double precision', [0.1, -1e-300, 2 ** 60, Infinity])).toEqual([
    0.1,
    -1e-300,
    2 ** 60,
    Infinity,
  ]);
  const times = [new Date('2026-03-15T12:00:00.123Z'), new Date('0099-01-01T00:00:00Z')];
  expect(await roundTrip('timestamptz', times)).toEqual(times);
  await expect(roundTrip('timestamptz', [new Date(Number.NaN)])).rejects.toThrow('row 0: a date outside');
});

const family: DataPlan = {
  tables: [
    {
      table: 'child',
      rows: () => 20,
      columns: { id: (cell) => cell.row, a: (cell) => (cell.row === 7 ? null : cell.row), b: () => 'x' },
    },
    { table: 'parent', rows: (scale) => 20 * scale, columns: { a: (cell) => cell.row, b: () => 'x' } },
  ],
};

async function createFamily(match: string): Promise<void> {
  await client.query(`
    DROP TABLE IF EXISTS child, parent;
    CREATE TABLE parent (a int, b text, PRIMARY KEY (a, b));
    CREATE TABLE child (id int, a int, b text,
      CONSTRAINT "has a parent" FOREIGN KEY (a, b) REFERENCES parent (a, b) ${match}) PARTITION BY RANGE (id);
    CREATE TABLE child_1 PARTITION OF child FOR VALUES FROM (0) TO (10);
    CREATE TABLE child_2 PARTITION OF child FOR VALUES FROM (10) TO (100);`);
}

test('children may be filled before parents, and the foreign keys are proved', async () => {
  await createFamily('MATCH SIMPLE');
  const progress: string[] = [];
  const rows = await fill(client, family, options, (step) =>
    progress.push(`${step.table} ${step.rows}/${step.of}`),
  );
  expect(rows).toEqual({ child: 20, parent: 20 });
  expect(progress).toEqual(['child 20/20', 'parent 20/20']);
  expect(await verifyForeignKeys(client)).toBe(1);
  const { rows: role } = await client.query("SELECT current_setting('session_replication_role') AS role");
  expect(role).toEqual([{ role: 'origin' }]);
});

test('a key that refers to nothing undoes the fill and is named', async () => {
  await createFamily('MATCH SIMPLE');
  const filling = fill(client, family, { ...options, scale: 0.5 });
  await expect(filling).rejects.toThrow(
    /^foreign key "has a parent" of public\.child does not hold: \(a, b\) = \(1\d,x\) is not in public\.parent \(a, b\)$/,
  );
  await expect(filling).rejects.toBeInstanceOf(BrokenForeignKey);
  const { rows } = await client.query('SELECT count(*)::int AS count FROM child');
  expect(rows).toEqual([{ count: 0 }]);
});

test('MATCH FULL allows no half of a key', async () => {
  await createFamily('MATCH FULL');
  await expect(fill(client, family, options)).rejects.toThrow('(a, b) = (,x) is not in public.parent');
  await client.query('DROP TABLE child, parent');
});

test('no trigger fires, and statements after the load run as usual', async () => {
  await client.query(`
    CREATE TABLE t (n int);
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'fired'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION refuse();`);
  const plan = { tables: [{ table: 't', rows: () => 3, columns: { n: () => 1 } }] };
  expect(await fill(client, plan, options)).toEqual({ t: 3 });
  await expect(fill(client, { ...plan, after: ['INSERT INTO t VALUES (1)'] }, options)).rejects.toThrow(
    'fired',
  );
  const { rows } = await client.query('SELECT count(*)::int AS count FROM t');
  expect(rows).toEqual([{ count: 3 }]);
  const { rows: stats } = await client.query(
    "SELECT reltuples::int AS rows FROM pg_class WHERE relname = 't'",
  );
  expect(stats).toEqual([{ rows: 3 }]);
});

test('an error of the server or of the plan leaves the connection usable', async () => {
  await client.query('CREATE TABLE narrow (n int CHECK (n < 5))');
  const plan = (n: (row: number) => Value): DataPlan => ({
    tables: [{ table: 'narrow', rows: () => 10, columns: { n: (cell) => n(cell.row) } }],
  });
  await expect(
    fill(
      client,
      plan((row) => row),
      options,
    ),
  ).rejects.toThrow('violates check constraint');
  await expect(
    fill(
      client,
      plan(() => 'x'),
      options,
    ),
  ).rejects.toThrow('invalid input syntax for type integer');
  await expect(
    fill(
      client,
      plan((row) => {
        if (row === 9) throw new Error('no idea');
        return 1;
      }),
      options,
    ),
  ).rejects.toThrow('data of narrow.n, row 9: no idea');
  await expect(
    fill(client, { tables: [{ table: 'nowhere', rows: () => 1, columns: { n: () => 1 } }] }, options),
  ).rejects.toThrow('relation "nowhere" does not exist');
  expect(
    await fill(
      client,
      plan(() => 1),
      options,
    ),
  ).toEqual({ narrow: 10 });
});

test('an abort or a lost connection ends the fill at once, and nothing stays', async () => {
  await client.query('CREATE TABLE endless (n int)');
  const plan: DataPlan = {
    tables: [{ table: 'endless', rows: () => 1e9, columns: { n: (cell) => cell.row } }],
  };
  const stop = new AbortController();
  const reason = new Error('enough');
  await expect(
    fill(client, plan, { ...options, signal: stop.signal }, () => stop.abort(reason)),
  ).rejects.toBe(reason);
  const other = await cluster.primary.connect();
  const { rows: pids } = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  let killed: Promise<unknown> | undefined;
  await expect(
    fill(other, plan, options, () => {
      killed ??= client.query('SELECT pg_terminate_backend($1)', [pids[0]?.pid]);
    }),
  ).rejects.toThrow();
  await killed;
  const { rows } = await client.query('SELECT count(*)::int AS count FROM endless');
  expect(rows).toEqual([{ count: 0 }]);
});

test('memory does not grow with the rows', async () => {
  await client.query('CREATE UNLOGGED TABLE long (n int, content text)');
  const content = 'x'.repeat(500);
  const plan: DataPlan = {
    tables: [
      {
        table: 'long',
        rows: () => 200_000,
        columns: { n: (cell) => cell.row, content: (cell) => cell.hex(8) + content },
      },
    ],
  };
  let early = 0;
  let most = 0;
  const rows = await fill(client, plan, options, (step) => {
    // Buffers of chunks lie outside the heap: the resident size sees them all.
    const used = process.memoryUsage.rss();
    if (step.rows < 40_000) early = Math.max(early, used);
    else most = Math.max(most, used);
  });
  expect(rows).toEqual({ long: 200_000 });
  // 100 MB go through; garbage that is not yet collected is all that may come on top.
  expect(most - early).toBeLessThan(40 * 1024 * 1024);
}, 60_000);
