import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkOf } from '../../../src/checks/index.ts';
import type { Stand } from '../hostile/bench.ts';
import { expectBroken, expectHeld, expectProved, openShop, tryCheck } from './shop/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openShop();
});
afterAll(() => stand?.close());

const table = '"sh op"."lo gs"';
const retain = '"sh op"."ret ain"(integer)';
const check = {
  kind: 'structure.retention',
  table,
  keep: '24 months',
  call: 'SELECT "sh op"."ret ain"(24)',
  unit: 'month',
  row: `INSERT INTO ${table} (id, at) VALUES (1, :'at')`,
  keeps: {
    says: 'something in it is open',
    sql: `INSERT INTO ${table} (id, at, done) VALUES (2, :'at', false)`,
  },
  function: retain,
};

/** The function with one piece of it replaced. */
const with_ = (
  from: string,
  to: string,
) => `DO $do$ DECLARE before text := pg_get_functiondef('${retain}'::regprocedure);
  BEGIN ASSERT strpos(before, $x$${from}$x$) > 0; EXECUTE replace(before, $x$${from}$x$, $x$${to}$x$); END $do$`;

test('retention holds, and a function that does nothing or goes by names is noticed', async () => {
  expect(await expectProved(stand, check)).toBe(2);
});

test('days, partitions made by the design, and no row in them', async () => {
  const made = `SELECT 'lo gs ' || :'from'; CREATE TABLE "sh op"."D ay" PARTITION OF ${table} FOR VALUES FROM (:'from') TO (:'to');
    DO $$ BEGIN EXECUTE format('ALTER TABLE "sh op"."D ay" RENAME TO %I', 'day ' || (SELECT count(*) FROM pg_inherits)); END $$`;
  const { row: _, keeps: __, ...rest } = check;
  await expectHeld(stand, {
    ...rest,
    unit: 'day',
    keep: '24 months',
    make: made,
    function: undefined,
    without: [{ fault: 'sql', object: retain, says: 'it is gone', statement: `DROP FUNCTION ${retain}` }],
  });
});

test.each(['week', 'quarter', 'year'])('partitions of a %s', (unit) => expectHeld(stand, { ...check, unit }));

test('an old partition of the design itself must go too, unless something may keep it', async () => {
  const sql = `CREATE TABLE "sh op".ancient PARTITION OF ${table} FOR VALUES FROM ('2001-01-01') TO ('2001-02-01');
    INSERT INTO ${table} VALUES (1, '2001-01-02', false)`;
  await expectHeld(stand, check, { sql });
  const { keeps: _, ...rest } = check;
  expect(await expectBroken(stand, rest, { sql })).toMatchObject({
    object: 'partition "sh op".ancient',
    says: `partition "sh op".ancient of ${table} is older than 24 months and still there`,
  });
});

test.each([
  [
    'keeps a month too long',
    with_('months => months', 'months => months + 1'),
    /^partition .*"lo gs_\d{4}_\d\d"$/,
    'still there',
  ],
  [
    'drops a month too early',
    with_('months => months', 'months => months - 2'),
    /^relation .*"lo gs_\d{4}_\d\d"$/,
    'gone',
  ],
  [
    'drops what is open',
    with_('CONTINUE WHEN is_open', 'CONTINUE WHEN false'),
    /^relation .*"lo gs_\d{4}_\d\d"$/,
    'gone',
  ],
  [
    'drops a table that only looks like a partition',
    with_('RETURN dropped', 'DROP TABLE "sh op"."lo gs2_1999_01"; RETURN dropped'),
    /^relation "sh op"\."lo gs2_1999_01"$/,
    'gone',
  ],
  [
    'drops its like in another schema',
    with_(
      'RETURN dropped',
      `EXECUTE (SELECT 'DROP TABLE ' || string_agg(oid::regclass::text, ',') FROM pg_class WHERE relnamespace = '"pgattest elsewhere"'::regnamespace); RETURN dropped`,
    ),
    /^relation "pgattest elsewhere"\./,
    'gone',
  ],
  [
    'drops something else',
    with_('RETURN dropped', 'DROP TABLE "sh op".tickets; RETURN dropped'),
    /^relation "sh op"\.tickets$/,
    'gone',
  ],
  [
    'empties what it should leave',
    with_('RETURN dropped', 'DELETE FROM "sh op"."lo gs"; RETURN dropped'),
    /^relation /,
    'there, 0 rows',
  ],
  [
    'fails',
    with_('RETURN dropped', 'RETURN 1/0'),
    /^function "sh op"\."ret ain"\(integer\)$/,
    '22012: division by zero',
  ],
])('broken by one that %s', async (_, sql, object, actual) => {
  const breach = await expectBroken(stand, check, { sql });
  expect(breach.object).toMatch(object);
  expect(breach.actual).toBe(actual);
  expect(breach.reproduce).toMatch(
    /^BEGIN;\n[\s\S]*SELECT "sh op"\."ret ain"\(24\); -- expected: .*\nROLLBACK;$/,
  );
});

test('a role that may not drop is told', async () => {
  const breach = await expectBroken(stand, { ...check, role: 'shop "user"' });
  expect(breach.actual).toMatch(/^42501: /);
});

test('one that makes no partition, and one that nothing could break', async () => {
  await expect(tryCheck(stand, { ...check, make: 'SELECT 1' })).rejects.toThrow('make has made no partition');
  const { function: _, ...rest } = check;
  expect(() => checkOf(check.kind)?.tables(rest)).toThrow('needs function or without');
});
