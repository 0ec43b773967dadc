import { describeShapes } from './expect-shape.ts';
import { all, nobody, ofTenant, type Shape, tenantPolicies, widened } from './shape.ts';

const values: Shape = {
  says: 'an enum, a domain and citext in rules',
  sql: `
    CREATE TYPE s.state AS ENUM ('open', 'closed');
    CREATE DOMAIN s.mail AS text CHECK (VALUE LIKE '%@%');
    CREATE TABLE s.docs (id integer PRIMARY KEY, tenant integer NOT NULL, state s.state NOT NULL, mail s.mail, handle citext NOT NULL);
    INSERT INTO s.docs SELECT n, 1 + n % 2, (ARRAY['open', 'closed'])[1 + n / 2 % 2]::s.state, CASE WHEN n % 5 > 0 THEN n || '@x' END,
      (ARRAY['ANN', 'bob', 'Cy'])[1 + n % 3] FROM generate_series(1, 24) AS n;
    ALTER TABLE s.docs ENABLE ROW LEVEL SECURITY;
    CREATE POLICY see ON s.docs FOR SELECT TO s_user USING (tenant = s.tenant() AND (state = 'open' OR handle = s.handle()));
    CREATE POLICY add ON s.docs FOR INSERT TO s_user WITH CHECK (tenant = s.tenant() AND state = 'open' AND handle = s.handle());
    CREATE POLICY change ON s.docs FOR UPDATE TO s_user
      USING (tenant = s.tenant() AND handle = s.handle()) WITH CHECK (tenant = s.tenant() AND handle = s.handle() AND mail = 'a@b' IS NOT TRUE);
    GRANT SELECT, INSERT, UPDATE (state, mail) ON s.docs TO s_user;`,
  access: [
    {
      table: 's.docs',
      key: ['id'],
      select: {
        says: 'Open ones of the tenant, and one’s own.',
        where: `"row".tenant = actor.tenant AND ("row".state = 'open' OR "row".handle = actor.handle)`,
      },
      insert: {
        says: 'Open ones of one’s own.',
        where: `"new".tenant = actor.tenant AND "new".state = 'open' AND "new".handle = actor.handle`,
      },
      update: {
        says: 'One’s own, but not to that address.',
        columns: ['state', 'mail'],
        where: '"old".tenant = actor.tenant AND "old".handle = actor.handle',
        to: `"new".mail = 'a@b' IS NOT TRUE`,
      },
      delete: nobody,
      try: { tenant: ['1', '2'], mail: [`'a@b'`, `'c@d'`] },
    },
  ],
  proved: all('docs'),
  broken: [
    {
      says: 'citext is compared by case',
      sql: `ALTER POLICY see ON s.docs USING (tenant = s.tenant() AND (state = 'open' OR handle::text = s.handle()::text))`,
      claim: 'docs.select',
      object: /see/,
    },
    {
      says: 'another label of the enum may be added',
      sql: 'ALTER POLICY add ON s.docs WITH CHECK (tenant = s.tenant() AND handle = s.handle())',
      claim: 'docs.insert',
      object: /add/,
    },
    {
      says: 'the address is not looked at',
      sql: 'ALTER POLICY change ON s.docs WITH CHECK (tenant = s.tenant() AND handle = s.handle())',
      claim: 'docs.update',
      object: /change/,
    },
  ],
};

const content: readonly (readonly [type: string, ...values: readonly string[]])[] = [
  ['bit(3)', `B'101'`],
  ['bit varying', `B'10'`],
  ['json', `'{"b": 1, "a": [null]}'`],
  ['jsonb', `'{"a": "\\u00e9"}'`],
  ['integer[]', `'{{1,NULL},{3,4}}'`],
  ['text[]', `'{"a,b","\\"",NULL}'`],
  ['int4range', `'[1,5)'`],
  ['tstzmultirange', `'{[2020-01-01,2021-01-01),[2022-01-01,)}'`],
  ['bytea', `'\\x00ff'`],
  ['numeric', `'NaN'`, `'Infinity'`, '1.10'],
  ['double precision', `'NaN'`, `'-0'`, '0.1'],
  ['timestamptz', `'infinity'`, `'-infinity'`],
  ['date', `'infinity'`, `'0044-03-15 BC'`],
  ['interval', `'1 mon -3 days'`],
  ['inet', `'10.0.0.1/8'`],
  ['char(5)', `'a'`],
  ['"char"', `'x'`],
  ['money', `'-12.34'`],
  ['point', `'(1,2)'`],
  ['tsvector', `'a:1 b:2'`],
  ['xml', `'<a>&lt;</a>'`],
  ['s.pair', `ROW('a, "b"', NULL)`],
];
const names = content.map((_, index) => `c${index}`);

const contents: Shape = {
  says: 'content of types without equality, NaN and infinity',
  sql: `
    CREATE TYPE s.pair AS (a text, b integer);
    CREATE TABLE s.things (id integer PRIMARY KEY, tenant integer NOT NULL, ${content.map(([type], n) => `c${n} ${type}`).join(', ')});
    ${[1, 2, 3, 4, 5, 6]
      .map(
        (n) =>
          `INSERT INTO s.things VALUES (${n}, ${1 + (n % 2)}, ${content.map(([, ...of]) => of[n % of.length]).join(', ')});`,
      )
      .join('\n')}
    INSERT INTO s.things (id, tenant) VALUES (7, 1), (8, 2);
    ${tenantPolicies('things', ['tenant', ...names])}`,
  access: [ofTenant('things', ['id'], ['tenant', ...names])],
  proved: all('things'),
  broken: [
    widened('things', 'things.select'),
    {
      says: 'NaN makes an exception',
      sql: `ALTER POLICY tenant ON s.things USING (tenant = s.tenant() OR c9 = 'NaN')`,
      claim: 'things.delete',
      object: /tenant/,
    },
  ],
};

/** A type, a value of row n, and whether a new key of it can be made up. */
const keys: readonly (readonly [type: string, value: string, fresh?: boolean])[] = [
  ['bytea', `decode(lpad(to_hex(n), 4, '0'), 'hex')`, true],
  ['int4range', 'int4range(n, n + 1)'],
  ['bit(8)', 'n::bit(8)'],
  ['integer[]', 'ARRAY[n, NULL]'],
  ['jsonb', `jsonb_build_object('n', n)`, true],
  ['numeric', `CASE n WHEN 1 THEN 'NaN' WHEN 2 THEN 'Infinity' ELSE n / 10.0 END`, true],
  [
    'timestamptz',
    `CASE n WHEN 1 THEN 'infinity' WHEN 2 THEN '-infinity' ELSE now() - n * interval '1 day' END`,
    true,
  ],
  ['double precision', `CASE n WHEN 1 THEN 'NaN' ELSE n / 3.0 END`, true],
  ['char(6)', `'k' || n`, true],
  ['interval', `n * interval '1 month'`, true],
  ['inet', `'10.0.0.0'::inet + n`, true],
];

const keyed = keys.map(([type, value, fresh = false], index): Shape => {
  const table = `k${index}`;
  return {
    says: `a key of type ${type}`,
    sql: `
      CREATE TABLE s.${table} (k ${type} PRIMARY KEY, tenant integer NOT NULL, note text);
      INSERT INTO s.${table} SELECT ${value}, 1 + n % 2, 'n' || n FROM generate_series(1, 6) AS n;
      ${tenantPolicies(table, ['tenant', 'note'])}`,
    access: [ofTenant(table, ['k'], ['tenant', 'note'])],
    proved: all(table).filter((claim) => fresh || !claim.endsWith('insert')),
    short: fresh
      ? []
      : [{ claim: `${table}.insert`, because: 'no new key can be made up, so no allowed row is tried' }],
    broken: [widened(table, `${table}.delete`)],
  };
});

describeShapes([values, contents, ...keyed]);
