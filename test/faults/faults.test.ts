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

/** What each fault must have changed, as the catalogue shows it. */
const made: Record<
  keyof typeof faults,
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
};

describe.each(Object.keys(made) as (keyof typeof faults)[])('%s', (kind) => {
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
      await bench.client.query('BEGIN');
      await bench.client.query(fault.statement ?? '');
      expect(broken(await read(bench))).toBe(true);
      await bench.client.query('ROLLBACK');
    });
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

function read(bench: Bench): Promise<Catalog> {
  return readCatalog(async (sql, values = []) => (await bench.client.query(sql, [...values])).rows, {
    schemas: hostile.schemas,
  });
}
