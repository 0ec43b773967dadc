import pg from 'pg';
import { expect, test } from 'vitest';
import { until } from '../../../src/cluster/until.ts';
import { endLeft } from '../../../src/load/drive/end-left.ts';
import { scratchMachine, testCluster } from '../../cluster/support.ts';

test('a statement for which nobody waits any more ends, and those of others go on', async () => {
  const { primary } = await testCluster({ machine: scratchMachine() });
  const admin = await primary.connect();
  await admin.query('CREATE ROLE visitor LOGIN');
  const { socketFolder: host, place } = primary;
  const asleep = async (user: string) => {
    const client = new pg.Client({ host, port: place.port, user, database: 'postgres' });
    client.on('error', () => {});
    await client.connect();
    void client.query('SELECT pg_sleep(600)').catch(() => undefined);
    return client;
  };
  const sleepers = async () => {
    const { rows } = await admin.query<{ name: string }>(
      "SELECT usename AS name FROM pg_stat_activity WHERE state = 'active' AND query ~ '^SELECT pg_sleep' ORDER BY 1",
    );
    return rows.map(({ name }) => name);
  };
  const clients = [await asleep('postgres'), await asleep('visitor')];
  expect(await until(async () => (await sleepers()).length === 2, 10_000)).toBe(true);
  await endLeft(primary, 'visitor');
  expect(await sleepers()).toEqual(['postgres']);
  await admin.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'",
  );
  await Promise.allSettled([...clients, admin].map((client) => client.end()));
});
