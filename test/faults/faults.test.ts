import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { catalogDigest, readCatalog } from '../../src/catalog/index.ts';
import { Session } from '../../src/cluster/session.ts';
import type { Fault } from '../../src/faults/fault.ts';
import { faults } from '../../src/faults/index.ts';
import type { Bench } from '../../src/scenarios/trial.ts';
import { openStand, type Stand } from '../checks/hostile/bench.ts';
import { hostile } from '../checks/hostile/design.ts';
import { inSchema, role } from '../checks/hostile/rules.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(hostile);
});
afterAll(() => stand?.close());

const documents = inSchema('"select"');

function policy(catalog: Catalog, name: string) {
  const found = catalog.policies.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no policy ${name}`);
  return found;
}

function audit(catalog: Catalog) {
  const found = catalog.triggers.find(
    ({ relation, name }) => relation === inSchema('"user"') && name === 'au dit',
  );
  if (found === undefined) throw new Error('no trigger au dit');
  return found;
}

/**
 * Functions with another body, settings, files and servers: the catalogue does not show them. Other tests here do, and those of the
 * checks of topology and load, and of the drills.
 */
type Elsewhere =
  | 'archive-failure-swallowed'
  | 'block-damaged'
  | 'disk-full-swallowed'
  | 'commits-unsent'
  | 'old-tls'
  | 'plain-connections'
  | 'trusted-connections'
  | 'errors-let-in'
  | 'failover-paused'
  | 'fence-missing'
  | 'login-withdrawn'
  | 'patroni-paused'
  | 'pooler-file-broken'
  | 'indexes-hidden'
  | 'server-throttled'
  | 'pooler-value'
  | 'pool-unbounded'
  | 'primary-setting'
  | 'reader-to-one-replica'
  | 'reader-to-primary'
  | 'replay-delayed'
  | 'archive-lies-later'
  | 'history-lost'
  | 'inserts-swallowed'
  | 'replica-killed'
  | 'settings-outlive'
  | 'slot-lost'
  | 'entry-misled'
  | 'function-emptied'
  | 'drops-by-name'
  | 'ini-changed'
  | 'text-removed'
  | 'setting-changed'
  | 'file-changed';

/** What each fault must have changed, as the catalogue shows it. */
const made: Record<
  Exclude<keyof typeof faults, Elsewhere>,
  readonly [fault: (catalog: Catalog) => Fault, broken: (catalog: Catalog) => boolean]
> = {
  'policy-dropped': [
    (catalog) => faults['policy-dropped'](policy(catalog, 'sel"ect')),
    (catalog) => !catalog.policies.some(({ name }) => name === 'sel"ect'),
  ],
  'policy-widened': [
    (catalog) => faults['policy-widened'](policy(catalog, 'up date')),
    (catalog) =>
      policy(catalog, 'up date').using === 'true' && policy(catalog, 'up date').withCheck === 'true',
  ],
  'row-security-off': [
    () => faults['row-security-off'](documents),
    (catalog) => catalog.relations.some((each) => each.identity === documents && !each.rowSecurity),
  ],
  'row-security-not-forced': [
    () => faults['row-security-not-forced'](documents),
    (catalog) => catalog.relations.some((each) => each.identity === documents && !each.forceRowSecurity),
  ],
  'trigger-columns-narrowed': [
    (catalog) => faults['trigger-columns-narrowed'](audit(catalog), 'i d'),
    (catalog) => audit(catalog).columns.join() === 'i d' && audit(catalog).events.length === 3,
  ],
  'trigger-event-lost': [
    (catalog) => faults['trigger-event-lost'](audit(catalog), 'UPDATE'),
    (catalog) => [...audit(catalog).events].sort().join() === 'DELETE,INSERT',
  ],
  'trigger-for-replicas': [
    () => faults['trigger-for-replicas'](inSchema('"user"'), 'au dit'),
    (catalog) => audit(catalog).enabled === 'replica',
  ],
  'trigger-never': [
    (catalog) => faults['trigger-never'](audit(catalog)),
    (catalog) => audit(catalog).when === 'false',
  ],
  'trigger-disabled': [
    () => faults['trigger-disabled'](documents, 'gu ard'),
    (catalog) => catalog.triggers.some((each) => each.name === 'gu ard' && each.enabled === 'disabled'),
  ],
  'grant-added': [
    () => faults['grant-added']('UPDATE', inSchema('"user"'), role, ['pass"word']),
    (catalog) =>
      catalog.grants.some(
        (each) => each.column === 'pass"word' && each.grantee === role && each.privilege === 'UPDATE',
      ),
  ],
  'role-strengthened': [
    () => faults['role-strengthened'](role),
    (catalog) => catalog.roles.some((each) => each.name === role && each.bypassRowSecurity),
  ],
  'search-path-dropped': [
    () => faults['search-path-dropped'](inSchema('"is (admin)"()')),
    (catalog) => catalog.functions.some((each) => each.name === 'is (admin)' && each.settings.length === 0),
  ],
  'execute-to-public': [
    () => faults['execute-to-public']('log."ne (ver)"()'),
    (catalog) =>
      catalog.grants.some((each) => each.object === 'log."ne (ver)"()' && each.grantee === 'PUBLIC'),
  ],
  'view-with-owner-rights': [
    () => faults['view-with-owner-rights'](inSchema('"vi ew"')),
    (catalog) => catalog.relations.some((each) => each.kind === 'view' && each.options.length === 0),
  ],
  'execute-granted': [
    () => faults['execute-granted']('log."ne (ver)"()', role),
    (catalog) => catalog.grants.some((each) => each.object === 'log."ne (ver)"()' && each.grantee === role),
  ],
  'partition-detached': [
    () => faults['partition-detached'](inSchema('"Ev ent 1"'), inSchema(`"Ev ent 1 'old'"`)),
    (catalog) => catalog.relations.some((each) => each.name === "Ev ent 1 'old'" && each.parent === null),
  ],
  'constraint-dropped': [
    () => faults['constraint-dropped'](documents, 'select_from_fkey'),
    (catalog) => !catalog.constraints.some(({ name }) => name === 'select_from_fkey'),
  ],
  'index-dropped': [
    () => faults['index-dropped'](inSchema('"sp are"')),
    (catalog) => !catalog.indexes.some(({ name }) => name === 'sp are'),
  ],
  sql: [
    () => faults.sql(documents, 'it has a comma', `ALTER TABLE ${documents} ADD "com,ma" integer`),
    (catalog) => catalog.columns.some(({ name }) => name === 'com,ma'),
  ],
  'all-dropped': [
    () => faults['all-dropped']('index on "at"', async () => [`DROP INDEX ${inSchema('"sp are"')}`]),
    (catalog) => !catalog.indexes.some(({ name }) => name === 'sp are'),
  ],
  'all-renamed': [
    () =>
      faults['all-renamed']('the view', async () => [`ALTER VIEW ${inSchema('"vi ew"')} RENAME TO "wei v"`]),
    (catalog) => catalog.relations.some(({ name }) => name === 'wei v'),
  ],
  'column-dropped': [
    () => faults['column-dropped'](documents, 'sta te'),
    (catalog) => !catalog.columns.some(({ relation, name }) => relation === documents && name === 'sta te'),
  ],
  'column-retyped': [
    () => faults['column-retyped'](documents, 'from', 'bytea'),
    (catalog) => column(catalog, 'from')?.type === 'bytea',
  ],
  'column-loosened': [
    () => faults['column-loosened'](documents, 'sta te', 'NOT NULL'),
    (catalog) => column(catalog, 'sta te')?.notNull === false,
  ],
  'enum-value-renamed': [
    () => faults['enum-value-renamed'](inSchema('"sta te"'), 'it\'s "closed"'),
    (catalog) => column(catalog, 'sta te')?.labels.includes('it\'s "closed"') === false,
  ],
  'extension-dropped': [
    () => faults['extension-dropped']('uuid-ossp'),
    (catalog) => !catalog.functions.some(({ name }) => name === 'uuid_generate_v4'),
  ],
  'foreign-key-added': [
    () => faults['foreign-key-added'](inSchema('"em pty"'), inSchema('"user"'), 'uuid'),
    (catalog) =>
      catalog.constraints.some((each) => each.name === 'pgattest any' && each.kind === 'foreign key'),
  ],
  'foreign-key-narrowed': [
    (catalog) => {
      const key = catalog.constraints.find(({ name }) => name === 'wi de');
      if (key === undefined) throw new Error('no key');
      return faults['foreign-key-narrowed'](key, 'from');
    },
    (catalog) =>
      catalog.constraints.some(({ name, columns }) => name === 'wi de' && columns.join() === 'tenant,no'),
  ],
  'index-added': [
    () => faults['index-added'](documents, '"from"'),
    (catalog) =>
      catalog.indexes.some(({ name, relation }) => name === 'pgattest twin' && relation === documents),
  ],
  'membership-revoked': [
    () => faults['membership-revoked'](role, ['group']),
    (catalog) => !catalog.memberships.some(({ member }) => member === role),
  ],
  'relation-dropped': [
    () => faults['relation-dropped'](inSchema('"vi ew"'), 'view'),
    (catalog) => !catalog.relations.some(({ name }) => name === 'vi ew'),
  ],
  'role-altered': [
    () => faults['role-altered'](role, 'NOLOGIN'),
    (catalog) => catalog.roles.some(({ name, login }) => name === role && !login),
  ],
  'routine-altered': [
    () => faults['routine-altered'](inSchema('"is (admin)"()'), 'SECURITY INVOKER'),
    (catalog) =>
      catalog.functions.some(({ name, securityDefiner }) => name === 'is (admin)' && !securityDefiner),
  ],
  'routine-dropped': [
    () => faults['routine-dropped'](inSchema('"is (admin)"()')),
    (catalog) => !catalog.functions.some(({ name }) => name === 'is (admin)'),
  ],
};

function column(catalog: Catalog, name: string) {
  return catalog.columns.find((each) => each.relation === documents && each.name === name);
}

/** What the hostile design itself does without. */
const more = `
  CREATE EXTENSION "uuid-ossp" SCHEMA log;
  CREATE INDEX "sp are" ON ${documents} ("sta te");
  ALTER TABLE ${documents} ADD UNIQUE (tenant, "no", "from");
  CREATE TABLE ${inSchema('"refers"')} (tenant integer, "no" integer, "from" uuid,
    CONSTRAINT "wi de" FOREIGN KEY (tenant, "no", "from") REFERENCES ${documents} (tenant, "no", "from"))`;

describe.each(Object.keys(made) as (keyof typeof made)[])('%s', (kind) => {
  test('breaks what it says, by names that need quoting, and is gone with the transaction', async () => {
    await stand.withCopy(async (bench) => {
      const [make, broken] = made[kind];
      const fault = make(bench.catalog);
      expect(fault).toMatchObject({ kind, scope: 'transaction', name: `${kind} ${fault.object}` });
      expect(fault.says).not.toContain('\n');
      expect(broken(bench.catalog)).toBe(false);

      await bench.client.query('BEGIN');
      await fault.inject({ session: new Session(bench.client) });
      expect(broken(await read(bench))).toBe(true);
      await bench.client.query('ROLLBACK');
      expect(catalogDigest(await read(bench))).toBe(catalogDigest(bench.catalog));

      // The statement that stands in the evidence does the same when somebody runs it.
      if (fault.statement === undefined) return;
      await bench.client.query('BEGIN');
      await bench.client.query(fault.statement);
      expect(broken(await read(bench))).toBe(true);
      await bench.client.query('ROLLBACK');
    }, more);
  });
});

test('a policy is widened only where its command has a condition', () => {
  const widened = (command: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'ALL') =>
    faults['policy-widened']({
      relation: 'a.b',
      name: 'p',
      permissive: true,
      command,
      roles: [],
      using: null,
      withCheck: null,
    }).statement;
  expect(widened('SELECT')).toBe('ALTER POLICY "p" ON a.b USING (true)');
  expect(widened('DELETE')).toBe('ALTER POLICY "p" ON a.b USING (true)');
  expect(widened('INSERT')).toBe('ALTER POLICY "p" ON a.b WITH CHECK (true)');
  expect(widened('UPDATE')).toBe('ALTER POLICY "p" ON a.b USING (true) WITH CHECK (true)');
  expect(widened('ALL')).toBe('ALTER POLICY "p" ON a.b USING (true) WITH CHECK (true)');
});

test('a setting and a file are changed in the design that a check sees, and there alone', () => {
  const { design } = stand;
  const changed = faults['setting-changed']('max_connections', 10).alters?.(design);
  expect(changed?.postgres.settings).toMatchObject({ max_connections: 10 });
  expect(faults['setting-changed']('max_connections', null).alters?.(design).postgres.settings).toEqual({});
  expect(design.postgres.settings).toMatchObject({ max_connections: 20 });

  const withFile = { ...design, config: { 'a b.sh': 'one $& two two' } };
  const file = faults['file-changed']('a b.sh', '$&', '$1');
  expect(file.alters?.(withFile).config).toEqual({ 'a b.sh': 'one $1 two two' });
  expect(() => faults['file-changed']('a b.sh', 'two', 'x').alters?.(withFile)).toThrow(/exactly once/);
  expect(() => faults['file-changed']('none', 'two', 'x').alters?.(withFile)).toThrow(/exactly once/);
});

function read(bench: Bench): Promise<Catalog> {
  return readCatalog(async (sql, values = []) => (await bench.client.query(sql, [...values])).rows, {
    schemas: hostile.schemas,
  });
}
