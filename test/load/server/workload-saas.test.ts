import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { data } from '../../../fixtures/saas/data.ts';
import { workload } from '../../../fixtures/saas/workload/index.ts';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import { migrate } from '../../../src/cluster/migrate.ts';
import { valueText } from '../../../src/data/copy-text.ts';
import { fill } from '../../../src/data/fill.ts';
import { openPools } from '../../../src/data/pools.ts';
import type { StatementCall } from '../../../src/design/workload.ts';
import { drawOf, type World } from '../../../src/load/workload/draw.ts';

const migrations = fileURLToPath(new URL('../../../fixtures/saas/migrations', import.meta.url));
const draws = 50;
let cluster: Cluster;
let client: pg.Client;
let world: World;

beforeAll(async () => {
  world = { seed: 1, scale: 2, now: new Date(), pools: await openPools(1) };
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  client = await cluster.primary.connect();
  await migrate(client, migrations);
  await fill(client, data, world);
}, 120_000);
afterAll(async () => {
  await client?.end();
  await cluster?.close();
});

/** What does not hold of the result of a call, if anything. */
async function shortfall({ statement, values, rows, own }: StatementCall): Promise<string | undefined> {
  const sql = workload.statements[statement]?.sql ?? '';
  const texts = values.map((value) => (value === null ? null : valueText(value)));
  const result = await client.query<string[]>({ text: sql, values: texts, rowMode: 'array' });
  const got = result.rowCount ?? 0;
  if (typeof rows === 'number' ? got !== rows : got < (rows?.atLeast ?? 0)) {
    return `${statement}: ${got} rows, not ${JSON.stringify(rows)}`;
  }
  const alien = result.rows.find((row) => own !== undefined && !own.values.includes(row[own.column] ?? ''));
  return alien === undefined ? undefined : `${statement}: a row of ${alien[own?.column ?? 0]}`;
}

describe.each(Object.keys(workload.transactions))('transactions of kind %s', (kind) => {
  test('find what they expect, and nobody else’s, under row security', async () => {
    const shortfalls: string[] = [];
    for (let number = 0; number < draws; number++) {
      const plan = workload.transactions[kind]?.(drawOf(world, kind, number));
      await client.query('BEGIN');
      await client.query('SET LOCAL ROLE app_user');
      await client.query("SELECT set_config('app.current_user_id', $1, true)", [plan?.actor.id]);
      for (const call of plan?.calls ?? []) {
        const problem = await shortfall(call);
        if (problem !== undefined) shortfalls.push(`number ${number}, ${problem}`);
      }
      await client.query('ROLLBACK');
    }
    expect(shortfalls).toEqual([]);
  });
});

test('the mixed transaction reads five times for each write, and two of its ten writes are audited', () => {
  const audited = new Set(['task.move', 'task.place', 'task.add', 'comment.add']);
  for (let number = 0; number < draws; number++) {
    const calls = workload.transactions.batch?.(drawOf(world, 'batch', number)).calls ?? [];
    const written = calls.filter(({ statement }) => workload.statements[statement]?.kind === 'write');
    expect([calls.length, written.length]).toEqual([60, 10]);
    expect(written.filter(({ statement }) => audited.has(statement))).toHaveLength(2);
  }
});

test('every statement is said by some transaction, and every read that returns rows says whose', () => {
  const said = new Set<string>();
  for (const [kind, make] of Object.entries(workload.transactions)) {
    for (let number = 0; number < draws; number++) {
      for (const { statement, own } of make(drawOf(world, kind, number)).calls) {
        said.add(statement);
        if (workload.statements[statement]?.kind === 'read') expect(own, statement).toBeDefined();
      }
    }
  }
  expect([...said].sort()).toEqual(Object.keys(workload.statements).sort());
});
