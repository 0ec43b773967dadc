import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/design/config-error.ts';
import type { Claim, Design } from '../../src/design/design.ts';
import type { ValidDesign } from '../../src/design/validate.ts';
import type { Scenario } from '../../src/scenarios/define.ts';
import { planClaims } from '../../src/scenarios/plan.ts';
import { hostile } from '../checks/hostile/design.ts';

const scenario: Scenario = {
  name: 'pull-request',
  says: 'quick',
  families: ['access', 'audit', 'structure'],
};

const claim = (id: string, more: Partial<Claim> = {}): Claim => ({
  id,
  says: 'It holds.',
  source: { file: 'a.md', lines: [1, 2] },
  controls: ['SOC2:CC6.1'],
  family: 'access',
  check: { kind: 'access.select', table: 'app.a' },
  ...more,
});

const claims: readonly Claim[] = [
  claim('shop.rls.a.select'),
  claim('shop.rls.a.insert', { check: { kind: 'access.insert', table: 'app.a' } }),
  claim('shop.rls.ab.select'),
  claim('shop.structure.row-security', { family: 'structure', check: { kind: 'structure.row-security' } }),
  claim('shop.load.reads', { family: 'load', check: undefined as never, unproved: 'no check yet' }),
  claim('shop.access.open', { check: undefined as never, unproved: 'nobody knows how' }),
].map(({ check, ...rest }) => (check === undefined ? rest : { ...rest, check }));

const design = (of: readonly Claim[] = claims): ValidDesign => ({
  ...(hostile satisfies Design),
  name: 'shop',
  migrations: [fileURLToPath(new URL('../checks/hostile/migrations', import.meta.url))],
  config: {},
  configFolder: '',
  file: 'shop/design.ts',
  claims: of,
});

const selected = (only?: string) =>
  planClaims(design(), scenario, only).flatMap((each) => (each.selected ? [each.id] : []));

test('every claim is listed, in order, with why it is left out', () => {
  const planned = planClaims(design(), scenario, 'shop.rls.*');
  expect(planned.map(({ id, left }) => [id, left])).toEqual([
    ['shop.rls.a.select', undefined],
    ['shop.rls.a.insert', undefined],
    ['shop.rls.ab.select', undefined],
    ['shop.structure.row-security', 'not matched by --only shop.rls.*'],
    ['shop.load.reads', 'outside scenario pull-request'],
    ['shop.access.open', 'not matched by --only shop.rls.*'],
  ]);
  expect(planned[0]).toEqual({
    id: 'shop.rls.a.select',
    says: 'It holds.',
    family: 'access',
    controls: ['SOC2:CC6.1'],
    source: { file: 'a.md', lines: [1, 2] },
    check: 'access.select',
    selected: true,
  });
});

test('a claim without a check is part of the scenario of its family', () => {
  expect(selected()).toContain('shop.access.open');
  expect(selected()).not.toContain('shop.load.reads');
});

describe('--only', () => {
  test.each([
    ['shop.rls.a.select', ['shop.rls.a.select']],
    ['shop.rls.a.*', ['shop.rls.a.select', 'shop.rls.a.insert']],
    ['*.select', ['shop.rls.a.select', 'shop.rls.ab.select']],
    ['*rls*insert', ['shop.rls.a.insert']],
    ['shop.*.row-security', ['shop.structure.row-security']],
  ])('%s', (glob, expected) => {
    expect(selected(glob)).toEqual(expected);
  });

  test.each([
    'shop.rls.a',
    'rls.a.select',
    'shop.rls.a?select',
    'shop.rls.[a].select',
    'shop-rls.a.select',
    'SHOP.*',
    '',
    '.*|.*',
    'shop.load.*',
  ])('%j matches nothing: only * is special, and all of the id counts', (glob) => {
    expect(() => selected(glob)).toThrow(
      new ConfigError(
        `--only ${glob}`,
        'no claim of shop in scenario pull-request matches',
        'see pgattest list shop for the ids',
      ).message,
    );
  });

  test('a glob of many stars takes no time', () => {
    expect(() => selected(`${'*a'.repeat(40)}*!`)).toThrow(ConfigError);
  }, 2000);
});

test('a scenario without any claim of the design', () => {
  const load: Scenario = { ...scenario, name: 'weekly', families: ['migration'] };
  expect(() => planClaims(design(), load, undefined)).toThrow(
    '--scenario weekly: no claim of shop in scenario weekly matches; see pgattest list shop for the ids',
  );
});

describe('a check that is wrong is refused, whether the claim is selected or not', () => {
  test.each<[string, Claim, string]>([
    [
      'an unknown kind',
      claim('shop.x', { check: { kind: 'access.fly', table: 'a' } }),
      'claims[1].check.kind: no check access.fly; see docs/checks.md for the kinds',
    ],
    [
      'a kind that every object has',
      claim('shop.x', { check: { kind: 'constructor' } }),
      'claims[1].check.kind: no check constructor; see docs/checks.md for the kinds',
    ],
    [
      'a parameter that is missing',
      claim('shop.x', { check: { kind: 'access.select' } }),
      'claims[1].check.table: ',
    ],
    [
      'a parameter of the wrong type',
      claim('shop.x', { check: { kind: 'access.select', table: 7 } }),
      'claims[1].check.table: ',
    ],
    [
      'a parameter too many',
      claim('shop.x', { check: { kind: 'access.select', table: 'app.a', fast: true } }),
      'claims[1].check',
    ],
    [
      'a check of another family',
      claim('shop.x', { family: 'audit' }),
      'claims[1].family: audit; access.select is a check of family access',
    ],
    [
      'outside the scenario',
      claim('shop.x', { family: 'load', check: { kind: 'load.fly' } }),
      'claims[1].check.kind: no check load.fly',
    ],
  ])('%s', (_, wrong, message) => {
    const of = design([...claims.slice(0, 1), wrong]);
    expect(() => planClaims(of, scenario, 'shop.rls.*')).toThrow(ConfigError);
    expect(() => planClaims(of, scenario, 'shop.rls.*')).toThrow(`shop/design.ts: ${message}`);
  });
});
