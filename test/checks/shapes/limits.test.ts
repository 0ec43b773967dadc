import { afterAll, beforeAll, expect, test } from 'vitest';
import { tryClaim } from '../hostile/bench.ts';
import { lookup, nobody, type Shape, tenantPolicies } from './shape.ts';
import { openShapes, type ShapeStand } from './stand.ts';

let stand: ShapeStand;
beforeAll(async () => {
  stand = await openShapes();
});
afterAll(() => stand?.close());

const log: Shape = {
  says: 'a table without any key',
  sql: `CREATE TABLE s.log (at timestamptz, tenant integer); INSERT INTO s.log VALUES (now(), 1), (now(), 2);
    ${tenantPolicies('log', ['at'])}`,
  access: [lookup('log', [])],
  proved: [],
  broken: [],
};

test('rules without a key are refused in one line', async () => {
  await expect(stand.open(log)).rejects.toThrow(/access\[0\]\.key: .*see docs\/design\.md/);
});

test('rules whose key the table has not are refused in one line', async () => {
  await expect(stand.open({ ...log, access: [lookup('log', ['id'])] })).rejects.toThrow(
    'access[0].key: s.log has no column id; correct the name',
  );
});

// Rules need a column as a key, and a table in the design's schemas needs rules.
test.fails('a table without columns can have the rule that nobody reaches it', async () => {
  const nothing: Shape = {
    ...log,
    sql: 'CREATE TABLE s.nothing ()',
    access: [{ ...lookup('nothing', []), select: nobody }],
  };
  const result = await tryClaim(await stand.open(nothing), 's.rls.nothing.select');
  expect(result.outcome).toBe('held');
});

test('a table without columns and without rules is named', async () => {
  await expect(
    stand.open({ ...log, sql: `${log.sql} CREATE TABLE s.nothing ();`, access: [lookup('log', ['at'])] }),
  ).rejects.toThrow(
    'access: no rule for table s.nothing; say for each command what each actor may do, or never',
  );
});

test('a rule about rows that are not there is not taken for right', async () => {
  const empty: Shape = {
    ...log,
    sql: `CREATE TABLE s.bare (id integer PRIMARY KEY, tenant integer); ${tenantPolicies('bare', ['tenant'])}`,
    access: [{ ...lookup('bare', ['id']), select: { says: 'Own.', where: '"row".tenant = actor.tenant' } }],
  };
  const result = await tryClaim(await stand.open(empty), 's.rls.bare.select');
  expect(result).toMatchObject({ outcome: 'not-exercised', breaches: [] });
});

test('infinite recursion is a breach that says so, of every actor', async () => {
  const round: Shape = {
    ...log,
    sql: `CREATE TABLE s.members (id integer PRIMARY KEY, tenant integer); INSERT INTO s.members VALUES (1, 1), (3, 2);
      ALTER TABLE s.members ENABLE ROW LEVEL SECURITY; GRANT SELECT ON s.members TO s_user;
      CREATE POLICY round ON s.members TO s_user USING (tenant IN (SELECT tenant FROM s.members WHERE id = s.id()));`,
    access: [
      { ...lookup('members', ['id']), select: { says: 'Own.', where: '"row".tenant = actor.tenant' } },
    ],
  };
  const { breaches } = await tryClaim(await stand.open(round), 's.rls.members.select');
  const { ann } = Object.fromEntries(breaches.map((breach) => [breach.actor, breach]));
  expect(ann).toMatchObject({
    says: 'ann cannot read s.members at all',
    object: 'policy "round" on s.members',
    actual: '42P17: infinite recursion detected in policy for relation "members"',
  });
  expect(breaches.map(({ actor }) => actor)).toEqual([
    'anonymous',
    'ann',
    'bob',
    'cy',
    'anonymous after others',
  ]);
});
