import { expect, test } from 'vitest';
import { checkOf } from '../../../src/checks/index.ts';
import { faults } from '../../../src/faults/index.ts';
import { runTrial } from '../../../src/scenarios/trial.ts';
import { testKind } from './trials.ts';

const check = {
  kind: 'structure.role',
  role: 'shop user',
  login: true,
  inherits: ['shop_base', 'shop "group'],
  bypassRls: false,
  superuser: false,
  createRole: false,
  createDatabase: false,
  replication: false,
  inherit: true,
  connectionLimit: 7,
};

const stand = testKind(
  {
    role: check,
    base: { kind: 'structure.role', role: 'shop_base', login: false },
  },
  [],
);

// Roles belong to the cluster: what is changed is undone with the transaction.
test.each([
  ['ALTER ROLE "shop user" BYPASSRLS', /is BYPASSRLS, not NOBYPASSRLS/],
  ['ALTER ROLE "shop user" CONNECTION LIMIT 8', /has CONNECTION LIMIT 8, not/],
  ['REVOKE shop_base FROM "shop ""group"', /is no member of "shop_base"/],
  ['ALTER ROLE "shop user" RENAME TO gone', /there is no role "shop user"/],
])('%s', async (sql, says) => {
  const kind = checkOf(check.kind);
  if (kind === undefined) throw new Error('no such check');
  await stand().withCopy(async (bench) => {
    const result = await runTrial(bench, kind, check, {
      memory: new Map(),
      fault: faults.sql('role', 'changed', sql),
    });
    expect(result.breaches[0]).toMatchObject({
      object: 'role "shop user"',
      says: expect.stringMatching(says),
    });
  });
});
