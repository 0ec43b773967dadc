import { beforeAll, describe, expect, test } from 'vitest';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { loadParser } from '../../../src/checks/access/predicate.ts';
import { refuseOwnFunctions, saidBesidesRules } from '../../../src/checks/own-functions.ts';
import type { ValidDesign } from '../../../src/design/validate.ts';

beforeAll(loadParser);

const catalog = {
  functions: [
    { schema: 'app', name: 'member_of', fromExtension: false },
    { schema: 'public', name: 'digest', fromExtension: true },
  ],
} as unknown as Catalog;

const designWith = (part: object) => ({ file: 'x.ts', claims: [], ...part }) as unknown as ValidDesign;

const refuse = (part: object) => () => {
  const design = designWith(part);
  for (const said of saidBesidesRules(design)) refuseOwnFunctions(design, catalog, said);
};

const tenancy = { tables: { 'app.a': '"row".tenant::text' }, actorTenants: 'SELECT actor.tenant::text' };
const rulesOf = (rule: object) => ({ claims: [{ check: { kind: 'access.functions', rules: { f: rule } } }] });

describe('what a design says besides its access rules leans on no function of the design', () => {
  test.each([
    ['over base tables', { tenancy }],
    ['with functions of extensions', rulesOf({ says: 'x', returns: "public.digest('a', 'md5')" })],
    ['never', rulesOf({ says: 'x', never: 'privilege' })],
  ])('%s: taken', (_, part) => {
    expect(refuse(part)).not.toThrow();
  });

  test.each([
    [
      { tenancy: { ...tenancy, tables: { 'app.a': 'app.member_of("row".id)::text' } } },
      "tenancy.tables['app.a']",
    ],
    [
      { tenancy: { ...tenancy, actorTenants: 'SELECT t FROM member_of(actor.id) AS t' } },
      'tenancy.actorTenants',
    ],
    [
      { tenancy: { ...tenancy, shared: { 'app.a': 'app.member_of("row".id) IS NULL' } } },
      "tenancy.shared['app.a']",
    ],
    [
      {
        tenancy: {
          ...tenancy,
          deciding: { 'app.a': { where: 'EXISTS (SELECT app.member_of(1))', columns: [] } },
        },
      },
      "tenancy.deciding['app.a'].where",
    ],
    ...['args', 'returns', 'rows', 'holds', 'allowed'].map((part): [object, string] => [
      rulesOf({ says: 'x', [part]: '(SELECT app.member_of(1))' }),
      `claims[0].check.rules['f'].${part}`,
    ]),
  ])('%j: refused', (part, at) => {
    expect(refuse(part)).toThrow(`${at}: calls`);
  });
});
