import { expect, test } from 'vitest';
import { Session } from '../../../src/cluster/session.ts';
import { blockDamaged } from '../../../src/faults/recovery/block-damaged.ts';
import { dumps } from '../../../src/recovery/backup/dumps.ts';
import { authority, compareAuthority } from '../../../src/recovery/integrity/authority.ts';
import { compareFingerprints, fingerprint } from '../../../src/recovery/integrity/fingerprint.ts';
import { inspect } from '../../../src/recovery/integrity/inspect.ts';
import type { Seen } from '../../../src/recovery/model.ts';
import { ask, backedUp, kinds, restored } from './backup-support.ts';

const wrong = (seen: readonly Seen[]) => seen.filter(({ agrees }) => !agrees);

const schema = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.customers (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, born date, worth float8, spans interval);
  CREATE TABLE shop.orders (id bigserial PRIMARY KEY, customer_id int NOT NULL REFERENCES shop.customers, note text, tags jsonb);
  CREATE INDEX ON shop.orders USING gin (tags);
  CREATE TABLE shop.parts (id int, at date NOT NULL) PARTITION BY RANGE (at);
  CREATE TABLE shop.parts_1 PARTITION OF shop.parts FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');
  INSERT INTO shop.customers (name, born, worth, spans) SELECT 'c' || n, date '2000-01-01' + n, n / 3.0, make_interval(hours => n) FROM generate_series(1, 200) AS n;
  INSERT INTO shop.orders (customer_id, note, tags) SELECT 1 + n % 200, repeat(md5(n::text), 200), jsonb_build_object('n', n) FROM generate_series(1, 500) AS n;
  INSERT INTO shop.parts SELECT n, date '2028-01-01' + n FROM generate_series(1, 50) AS n;
  CREATE ROLE shop_reader;
  CREATE ROLE shop_user LOGIN PASSWORD 'secret' IN ROLE shop_reader;
  GRANT USAGE ON SCHEMA shop TO shop_reader;
  GRANT SELECT ON shop.orders TO shop_reader;
  ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY own ON shop.orders TO shop_user USING (customer_id = current_setting('app.id')::int);`;

test('each kind of damage is seen and named; what is whole is whole', async () => {
  const { cluster } = await backedUp('copies');
  const { primary } = cluster;
  await ask(primary, schema);
  const seen = await inspect(primary, 'app');
  expect(wrong(seen)).toEqual([]);
  expect(seen.map(({ subject, tried = 0 }) => [subject, tried > 0])).toEqual([
    ['server', false],
    ['relations', true],
    ['tables', true],
    ['B-tree indexes', true],
    ['foreign keys', true],
    ['sequences', true],
  ]);
  const before = await fingerprint(primary, 'app');
  expect(before.get('shop.customers')?.rows).toBe(200);
  // Moved about, and otherwise the same.
  await ask(primary, 'UPDATE shop.customers SET name = name');
  expect(wrong(compareFingerprints(before, await fingerprint(primary, 'app')))).toEqual([]);

  await ask(primary, `SET session_replication_role = replica; DELETE FROM shop.customers WHERE id = 2`);
  await ask(primary, `SELECT setval('shop.orders_id_seq', 400)`);
  // Rows that an index does not know of: as after a change of collation, or a lost write.
  await ask(
    primary,
    `UPDATE pg_index SET indisready = false WHERE indexrelid = 'shop.orders_pkey'::regclass`,
  );
  await ask(primary, `INSERT INTO shop.orders (id, customer_id) VALUES (900, 1)`);
  await ask(primary, `UPDATE pg_index SET indisready = true WHERE indexrelid = 'shop.orders_pkey'::regclass`);
  const damaged = wrong(await inspect(primary, 'app'));
  expect(damaged.map(({ object, actual }) => [object, actual])).toEqual([
    ['shop.orders_pkey', expect.stringMatching(/lacks matching index tuple/)],
    ['orders_customer_id_fkey on shop.orders', '3 rows refer to none'],
    ['shop.orders_id_seq', 'at 400, and 900 is taken'],
  ]);
  const differing = wrong(compareFingerprints(before, await fingerprint(primary, 'app')));
  expect(
    differing.map(({ object, expected, actual }) => [object, expected.split(',')[0], actual.split(',')[0]]),
  ).toEqual([
    ['shop.customers', '200 rows', '199 rows'],
    ['shop.orders', '500 rows', '501 rows'],
  ]);
  // Nothing of the inspection stays.
  expect(await ask(primary, `SELECT extname AS name FROM pg_extension`)).toEqual([{ name: 'plpgsql' }]);
});

test.each(kinds)('%s: a block that was damaged before the backup is noticed', async (kind) => {
  const { cluster, backups } = await backedUp(kind);
  const client = await cluster.primary.connect({ database: 'app' });
  try {
    await blockDamaged().inject({ session: new Session(client), cluster });
    expect((await client.query('SELECT count(*)::int AS n FROM pgattest_damaged')).rows).toEqual([
      { n: 500 },
    ]);
  } finally {
    await client.end();
  }
  if (kind === 'pgbackrest') {
    await expect(backups.take('full')).rejects.toThrow(/pgBackRest: .*(checksum|page)/);
    expect(await backups.list()).toEqual([]);
    return;
  }
  await backups.take('full');
  const copy = await restored(backups, { target: { kind: 'end' } });
  const seen = wrong(await inspect(copy.server, 'app'));
  expect(seen.map(({ object }) => object)).toEqual(['public.pgattest_damaged', 'public.pgattest_damaged']);
  expect(seen[0]?.actual).toMatch(/invalid page in block 0/);
});

test('a dump brings back rows and who may do what; without its roles it does not', async () => {
  const { cluster } = await backedUp('copies');
  const { primary, host } = cluster;
  await ask(primary, schema);
  const before = { rows: await fingerprint(primary, 'app'), authority: await authority(primary, 'app') };
  expect([...before.authority].filter(([object]) => /shop/.test(object)).length).toBeGreaterThan(8);
  const whole = dumps(host, () => primary, 'app');
  const { label } = await whole.take('dump');
  expect(await whole.verify()).toEqual([]);
  const copy = await restored(whole, { target: { kind: 'end' } });
  expect(wrong(compareFingerprints(before.rows, await fingerprint(copy.server, 'app')))).toEqual([]);
  expect(wrong(compareAuthority(before.authority, await authority(copy.server, 'app')))).toEqual([]);
  expect(wrong(await inspect(copy.server, 'app'))).toEqual([]);
  // What is changed of it is seen.
  await ask(
    copy.server,
    'ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY; REVOKE shop_reader FROM shop_user',
  );
  const changed = wrong(compareAuthority(before.authority, await authority(copy.server, 'app')));
  expect(changed.map(({ object }) => object)).toEqual(['role shop_user', 'relation shop.orders']);
  await copy.close();

  const lacking = dumps(host, () => primary, 'app', { withoutGlobals: true });
  const without = await lacking.take('dump');
  await expect(
    lacking.restore({ name: 'restored', target: { kind: 'end' }, backup: without.label }),
  ).rejects.toThrow(/pg_restore: .*role "shop_\w+" does not exist/);
  await host.exec(['sh', '-c', 'echo x >> "$1"', 'sh', `${host.folder}/dumps/${label}/globals.sql`]);
  expect(await whole.verify()).toEqual([`dump ${label}: globals.sql has another content`]);
});
