import { expect, test } from 'vitest';
import { proveClaim, tryClaim } from '../hostile/bench.ts';
import { describeShapes } from './expect-shape.ts';
import { lookup, ofTenant, type Shape, tenantPolicies, widened } from './shape.ts';

const table = `
  CREATE TABLE s.docs (id integer PRIMARY KEY, tenant integer NOT NULL, state text NOT NULL DEFAULT 'open', note text);
  INSERT INTO s.docs SELECT n, 1 + n % 2, CASE WHEN n % 3 = 0 THEN 'gone' ELSE 'open' END FROM generate_series(1, 12) AS n;
  ${tenantPolicies('docs', ['tenant', 'state', 'note'])}`;

const view = (options: string) => `${table}
  CREATE VIEW s.open WITH (${options}) AS SELECT id, tenant, state, note FROM s.docs WHERE state = 'open' WITH CHECK OPTION;
  GRANT SELECT, INSERT, UPDATE (note), DELETE ON s.open TO s_user;`;

const own = (alias: string) => `"${alias}".tenant = actor.tenant AND "${alias}".state = 'open'`;
const rules = [
  ofTenant('docs', ['id'], ['tenant', 'state', 'note']),
  {
    ...lookup('open', ['id']),
    select: { says: 'Open ones of the tenant.', where: '"row".tenant = actor.tenant' },
    insert: { says: 'Open ones of the tenant.', where: '"new".tenant = actor.tenant' },
    update: { says: 'Their notes.', columns: ['note'], where: '"old".tenant = actor.tenant', to: 'true' },
    delete: { says: 'Open ones of the tenant.', where: own('row') },
    try: { tenant: ['1', '2'] },
  },
];

const invoker: Shape = {
  says: 'a view with a barrier and the rights of the caller',
  sql: view('security_barrier, security_invoker'),
  access: rules,
  proved: ['docs.select', 'open.select'],
  broken: [
    widened('docs', 'docs.select'),
    {
      says: 'it has its owner’s rights',
      sql: 'ALTER VIEW s.open SET (security_invoker = false)',
      claim: 'open.select',
      object: /open/,
    },
  ],
};

const owner: Shape = {
  says: 'a view with a barrier and its owner’s rights',
  sql: `${table} CREATE VIEW s.open WITH (security_barrier) AS SELECT id, tenant, state, note FROM s.docs WHERE tenant = s.tenant();
    GRANT SELECT ON s.open TO s_user;`,
  access: [
    rules[0] as (typeof rules)[0],
    {
      ...lookup('open', ['id']),
      select: { says: 'Those of the tenant.', where: '"row".tenant = actor.tenant' },
    },
  ],
  proved: [],
  broken: [
    {
      says: 'it shows everything',
      sql: 'CREATE OR REPLACE VIEW s.open WITH (security_barrier) AS SELECT id, tenant, state, note FROM s.docs',
      claim: 'open.select',
      object: /open/,
    },
  ],
};

const { stand } = describeShapes([invoker, owner]);

// What the rule gives is asked of the view as the superuser without settings, who sees nothing through it.
test.fails('a view that looks at the session itself holds', async () => {
  const result = await tryClaim(await stand().open(owner), 's.rls.open.select');
  expect(result.breaches).toEqual([]);
});

test('a view without a condition on the session holds, and has nothing to break', async () => {
  const shared: Shape = {
    ...owner,
    sql: `${table} CREATE VIEW s.open AS SELECT id, tenant, state, note FROM s.docs WHERE state = 'open'; GRANT SELECT ON s.open TO s_user;`,
    access: [rules[0] as (typeof rules)[0], lookup('open', ['id'])],
  };
  const { entries } = await proveClaim(await stand().open(shared), 's.rls.open.select');
  expect(entries.at(-1)).toMatchObject({
    verdict: 'unproved',
    reason: 'no counterexample to try: a check that cannot fail proves nothing',
  });
});

const holds = async (claim: string) => {
  const result = await tryClaim(await stand().open(invoker), `s.rls.${claim}`);
  expect(result.breaches).toEqual([]);
};
test.each(['open.insert', 'open.update', 'open.delete'])('%s through a view holds', holds);
