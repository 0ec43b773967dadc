import { describeShapes } from './expect-shape.ts';
import { all, lookup, nobody, ofTenant, type Shape, tenantPolicies, widened } from './shape.ts';

const composite: Shape = {
  says: 'composite keys, and foreign keys to them',
  sql: `
    CREATE TABLE s.orders (tenant integer, no integer, note text, PRIMARY KEY (tenant, no));
    CREATE TABLE s.items (tenant integer, no integer, line integer, note text, PRIMARY KEY (tenant, no, line),
      FOREIGN KEY (tenant, no) REFERENCES s.orders ON DELETE CASCADE);
    INSERT INTO s.orders SELECT 1 + n % 2, n / 2 FROM generate_series(2, 9) AS n;
    INSERT INTO s.items SELECT tenant, no, line FROM s.orders, generate_series(1, 2) AS line;
    ${tenantPolicies('orders', ['note'])} ${tenantPolicies('items', ['note', 'line'])}`,
  access: [
    { ...ofTenant('orders', ['tenant', 'no'], ['note']), update: keeping(['note']) },
    { ...ofTenant('items', ['tenant', 'no', 'line'], ['note', 'line']), update: keeping(['note', 'line']) },
  ],
  proved: [...all('orders'), ...all('items')],
  broken: [widened('items', 'items.update'), widened('orders', 'orders.delete')],
};

function keeping(columns: readonly string[]) {
  return { says: 'Those of the tenant.', columns, where: '"old".tenant = actor.tenant', to: 'true' };
}

const keyless: Shape = {
  says: 'tables without a primary key',
  sql: `
    CREATE TABLE s.uniq (tenant integer NOT NULL, code text UNIQUE, note text);
    INSERT INTO s.uniq SELECT 1 + n % 2, CASE WHEN n > 2 THEN 'c' || n END FROM generate_series(1, 8) AS n;
    CREATE TABLE s.log (at timestamptz, tenant integer, note text);
    INSERT INTO s.log SELECT '2020-01-01'::timestamptz + n / 3 * interval '1 day', 1 + n % 2, 'same' FROM generate_series(1, 12) AS n;
    ${tenantPolicies('uniq', ['tenant', 'note'])} ${tenantPolicies('log', ['tenant', 'note'])}`,
  // A key tells rows apart in messages and finds them again: of a table without one, all columns that may do so.
  access: [
    ofTenant('uniq', ['code', 'tenant'], ['tenant', 'note']),
    ofTenant('log', ['at', 'tenant', 'note'], ['tenant', 'note']),
  ],
  proved: [...all('uniq'), ...all('log')],
  broken: [
    widened('log', 'log.select'),
    widened('log', 'log.update'),
    widened('uniq', 'uniq.delete'),
    {
      says: 'one of two equal rows is let through',
      sql: `INSERT INTO s.log SELECT '2030-01-01', 2, 'twin' FROM generate_series(1, 2);
        ALTER POLICY tenant ON s.log USING (tenant = s.tenant() OR note = 'twin')`,
      claim: 'log.select',
      object: /tenant/,
    },
  ],
};

const computed: Shape = {
  says: 'generated columns and identity ALWAYS, in rules too',
  sql: `
    CREATE TABLE s.made (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant integer NOT NULL, amount integer NOT NULL,
      big boolean GENERATED ALWAYS AS (amount > 100) STORED);
    INSERT INTO s.made (tenant, amount) SELECT 1 + n % 2, n / 2 * 40 FROM generate_series(1, 12) AS n;
    ALTER TABLE s.made ENABLE ROW LEVEL SECURITY;
    CREATE POLICY see ON s.made FOR SELECT TO s_user USING (tenant = s.tenant() AND NOT big);
    CREATE POLICY add ON s.made FOR INSERT TO s_user WITH CHECK (tenant = s.tenant() AND NOT big);
    CREATE POLICY change ON s.made FOR UPDATE TO s_user USING (tenant = s.tenant() AND NOT big);
    CREATE POLICY gone ON s.made FOR DELETE TO s_user USING (tenant = s.tenant() AND NOT big);
    GRANT SELECT, INSERT (tenant, amount), UPDATE (amount), DELETE ON s.made TO s_user;`,
  access: [
    {
      table: 's.made',
      key: ['id'],
      select: { says: 'Small ones.', where: '"row".tenant = actor.tenant AND "row".amount <= 100' },
      insert: {
        says: 'Small ones.',
        columns: ['tenant', 'amount'],
        where: '"new".tenant = actor.tenant AND "new".amount <= 100',
      },
      update: {
        says: 'Small ones stay small.',
        columns: ['amount'],
        where: '"old".tenant = actor.tenant AND "old".amount <= 100',
        to: '"new".amount <= 100',
      },
      delete: { says: 'Small ones.', where: '"row".tenant = actor.tenant AND NOT "row".big' },
      try: { tenant: ['1', '2'], amount: ['100', '101'] },
    },
  ],
  proved: all('made'),
  broken: [
    {
      says: 'the generated column says otherwise',
      sql: `ALTER TABLE s.made DROP COLUMN big CASCADE; ALTER TABLE s.made ADD big boolean GENERATED ALWAYS AS (amount > 101) STORED;
        CREATE POLICY add ON s.made FOR INSERT TO s_user WITH CHECK (tenant = s.tenant() AND NOT big);`,
      claim: 'made.insert',
      object: /add/,
    },
    {
      says: 'big ones can be deleted',
      sql: 'ALTER POLICY gone ON s.made USING (tenant = s.tenant())',
      claim: 'made.delete',
      object: /gone/,
    },
  ],
};

const many = Array.from({ length: 1588 }, (_, n) => `c${n + 1}`);
const wide: Shape = {
  says: '1,590 columns',
  sql: `
    CREATE TABLE s.wide (id integer PRIMARY KEY, tenant integer NOT NULL, ${many.map((name) => `${name} integer`).join(', ')});
    INSERT INTO s.wide (id, tenant, c1588) SELECT n, 1 + n % 2, n FROM generate_series(1, 4) AS n;
    ALTER TABLE s.wide ENABLE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON s.wide TO s_user USING (tenant = s.tenant()) WITH CHECK (tenant = s.tenant());
    GRANT SELECT, INSERT (id, tenant, c1588), UPDATE (tenant, c1588), DELETE ON s.wide TO s_user;`,
  access: [
    ofTenant('wide', ['id'], ['tenant', 'c1588'], {
      insert: {
        says: 'Those of the tenant.',
        columns: ['id', 'tenant', 'c1588'],
        where: '"new".tenant = actor.tenant',
      },
    }),
  ],
  proved: all('wide'),
  broken: [
    widened('wide', 'wide.select'),
    {
      says: 'the last column can be read too',
      sql: 'GRANT UPDATE (c1587) ON s.wide TO s_user',
      claim: 'wide.update',
      object: /wide/,
    },
  ],
};

const five = [1, 2, 3, 4, 5].map((n) => `t${n}`);
const lookups: Shape = {
  says: 'a policy that reads five other tables',
  sql: `
    ${five
      .map(
        (
          name,
        ) => `CREATE TABLE s.${name} (id integer PRIMARY KEY, next integer); INSERT INTO s.${name} SELECT n, n % 4 + 1 FROM generate_series(1, 4) AS n;
      ALTER TABLE s.${name} ENABLE ROW LEVEL SECURITY; CREATE POLICY all_of_it ON s.${name} FOR SELECT TO s_user USING (true); GRANT SELECT ON s.${name} TO s_user;`,
      )
      .join('\n')}
    CREATE TABLE s.docs (id integer PRIMARY KEY, tenant integer NOT NULL, start integer);
    INSERT INTO s.docs SELECT n, 1 + n % 2, n % 5 FROM generate_series(1, 20) AS n;
    ALTER TABLE s.docs ENABLE ROW LEVEL SECURITY;
    CREATE POLICY see ON s.docs FOR SELECT TO s_user USING (EXISTS (SELECT FROM s.t1 JOIN s.t2 ON t2.id = t1.next JOIN s.t3 ON t3.id = t2.next
      JOIN s.t4 ON t4.id = t3.next JOIN s.t5 ON t5.id = t4.next WHERE t1.id = docs.start AND t5.next = s.id()));
    GRANT SELECT ON s.docs TO s_user;`,
  access: [
    {
      ...lookup('docs', ['id']),
      select: {
        says: 'Those at the end of the way.',
        where: '"row".start BETWEEN 1 AND 4 AND ("row".start + 4) % 4 + 1 = actor.id',
      },
    },
    ...five.map((name) => lookup(name, ['id'])),
  ],
  proved: ['docs.select'],
  broken: [
    {
      says: 'one of the five leads elsewhere',
      sql: 'UPDATE s.t4 SET next = 3 WHERE id = 1',
      claim: 'docs.select',
      object: /see/,
    },
    {
      says: 'one of the five is no longer read',
      sql: 'REVOKE SELECT ON s.t3 FROM s_user',
      claim: 'docs.select',
      object: /see/,
    },
    {
      says: 'one of the five shows nothing',
      sql: 'DROP POLICY all_of_it ON s.t5',
      claim: 'docs.select',
      object: /see/,
    },
  ],
};

const recursive: Shape = {
  says: 'a policy that reads its own table',
  sql: `
    CREATE TABLE s.members (id integer PRIMARY KEY, tenant integer NOT NULL);
    INSERT INTO s.members SELECT n, 1 + n % 2 FROM generate_series(1, 6) AS n;
    ALTER TABLE s.members ENABLE ROW LEVEL SECURITY;
    CREATE POLICY see ON s.members FOR SELECT TO s_user USING (tenant = s.tenant());
    GRANT SELECT, DELETE ON s.members TO s_user;`,
  access: [
    {
      ...lookup('members', ['id']),
      select: { says: 'Those of the tenant.', where: '"row".tenant = actor.tenant' },
      delete: { says: 'None.', where: 'false' },
    },
  ],
  proved: ['members.select'],
  broken: ['select', 'delete'].map((command) => ({
    says: `infinite recursion in ${command}`,
    sql: `DROP POLICY see ON s.members; CREATE POLICY round ON s.members TO s_user
      USING (tenant IN (SELECT m.tenant FROM s.members AS m WHERE m.id = s.id()));`,
    claim: `members.${command}`,
    object: /round/,
  })),
};

const tree: Shape = {
  says: 'a tree of partitions, three deep',
  sql: `
    CREATE TABLE s.events (id integer, tenant integer, at date, note text, PRIMARY KEY (id, tenant, at)) PARTITION BY LIST (tenant);
    CREATE TABLE s.events_1 PARTITION OF s.events FOR VALUES IN (1) PARTITION BY RANGE (at);
    CREATE TABLE s.events_2 PARTITION OF s.events FOR VALUES IN (2) PARTITION BY RANGE (at);
    ${[1, 2]
      .map(
        (
          tenant,
        ) => `CREATE TABLE s.events_${tenant}_old PARTITION OF s.events_${tenant} FOR VALUES FROM (MINVALUE) TO ('2020-01-01') PARTITION BY HASH (id);
      CREATE TABLE s.events_${tenant}_new PARTITION OF s.events_${tenant} FOR VALUES FROM ('2020-01-01') TO (MAXVALUE) PARTITION BY HASH (id);
      ${['old', 'new'].map((age) => [0, 1].map((n) => `CREATE TABLE s.events_${tenant}_${age}_${n} PARTITION OF s.events_${tenant}_${age} FOR VALUES WITH (MODULUS 2, REMAINDER ${n});`).join('\n')).join('\n')}`,
      )
      .join('\n')}
    INSERT INTO s.events SELECT n, 1 + n % 2, CASE WHEN n % 3 = 0 THEN date '2019-05-05' ELSE date '2021-05-05' END FROM generate_series(1, 24) AS n;
    ${tenantPolicies('events', ['note'])}`,
  access: [{ ...ofTenant('events', ['id', 'tenant', 'at'], ['note']), update: keeping(['note']) }],
  proved: all('events'),
  broken: [
    widened('events', 'events.select'),
    {
      says: 'a leaf is granted',
      sql: 'GRANT SELECT ON s.events_2_old_1 TO s_user',
      claim: 'events.select',
      object: /events_2_old_1/,
    },
    {
      says: 'a branch is granted',
      sql: 'GRANT DELETE ON s.events_1_new TO s_user',
      claim: 'events.delete',
      object: /events_1_new/,
    },
    {
      says: 'a leaf can be added to',
      sql: 'GRANT INSERT (note) ON s.events_2_new_0 TO PUBLIC',
      claim: 'events.insert',
      object: /events_2_new_0/,
    },
  ],
};

const published: Shape = {
  says: 'rows that may be changed, but not stay as they are',
  sql: `
    CREATE TABLE s.posts (id integer PRIMARY KEY, tenant integer NOT NULL, state text NOT NULL, note text);
    INSERT INTO s.posts SELECT n, 1 + n % 2, CASE WHEN n % 3 = 0 THEN 'published' ELSE 'draft' END FROM generate_series(1, 12) AS n;
    ALTER TABLE s.posts ENABLE ROW LEVEL SECURITY;
    CREATE POLICY see ON s.posts FOR SELECT TO s_user USING (tenant = s.tenant());
    CREATE POLICY change ON s.posts FOR UPDATE TO s_user USING (tenant = s.tenant())
      WITH CHECK (tenant = s.tenant() AND state = 'draft');
    GRANT SELECT, UPDATE (state, note) ON s.posts TO s_user;`,
  access: [
    {
      ...lookup('posts', ['id']),
      select: { says: 'Those of the tenant.', where: '"row".tenant = actor.tenant' },
      update: {
        says: 'Whoever changes a post makes it a draft.',
        columns: ['state', 'note'],
        where: '"old".tenant = actor.tenant',
        to: `"new".state = 'draft'`,
      },
      try: { state: [`'draft'`, `'published'`] },
    },
  ],
  proved: ['posts.select', 'posts.update'],
  broken: [
    {
      says: 'it may stay published',
      sql: 'ALTER POLICY change ON s.posts WITH CHECK (tenant = s.tenant())',
      claim: 'posts.update',
      object: /change/,
    },
  ],
};

const empty: Shape = {
  says: 'a table without rows that nobody reaches',
  sql: 'CREATE TABLE s.bare (id integer PRIMARY KEY); ALTER TABLE s.bare ENABLE ROW LEVEL SECURITY;',
  access: [{ ...lookup('bare', ['id']), select: nobody }],
  proved: all('bare'),
  broken: [
    { says: 'it can be read', sql: 'GRANT SELECT ON s.bare TO s_user', claim: 'bare.select', object: /bare/ },
  ],
};

describeShapes([composite, keyless, computed, wide, lookups, recursive, tree, published, empty]);
