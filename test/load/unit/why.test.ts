import fc from 'fast-check';
import pc from 'picocolors';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Catalog, Policy, Routine } from '../../../src/catalog/catalog.ts';
import { comparedIn, sortColumn } from '../../../src/load/why/conditions.ts';
import { hoistable } from '../../../src/load/why/hoist.ts';
import { isSlower, medianRank, ratioOf } from '../../../src/load/why/pairs.ts';
import { planLine, readExplain, resultRows } from '../../../src/load/why/plan.ts';
import { probesOf } from '../../../src/load/why/probe.ts';
import { renderWhy } from '../../../src/load/why/render.ts';
import { resolveOnce } from '../../../src/load/why/resolve.ts';
import { loadParser } from '../../../src/load/why/sql-tree.ts';
import { between, type StatementCounters } from '../../../src/load/why/statements.ts';

beforeAll(loadParser);

describe('ratios of pairs', () => {
  test('the interval holds the median of the ratios, and is as sure as it says', () => {
    const positive = fc.double({ min: 0.01, max: 1000, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(positive, positive), { minLength: 1, maxLength: 40 }), (pairs) => {
        const { ratio, low, high, confidence } = ratioOf(pairs);
        expect(low).toBeLessThanOrEqual(ratio);
        expect(ratio).toBeLessThanOrEqual(high);
        expect(confidence).toBeLessThanOrEqual(1);
        if (pairs.length >= 6) expect(confidence).toBeGreaterThanOrEqual(0.95);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test('ranks are those of the tables of the sign test', () => {
    expect(medianRank(5)).toEqual({ rank: 1, confidence: 1 - 2 / 32 });
    expect(medianRank(9)).toEqual({ rank: 2, confidence: 1 - 20 / 512 });
    expect(medianRank(20).rank).toBe(6);
  });

  test('noise is not slower', () => {
    expect(
      isSlower(
        ratioOf([
          [2, 1],
          [2.1, 1],
          [1.9, 1],
          [2, 1],
          [2, 1],
        ]),
      ),
    ).toBe(true);
    expect(
      isSlower(
        ratioOf([
          [1, 1],
          [1.2, 1],
          [0.9, 1],
          [1.1, 1],
          [1.3, 1],
        ]),
      ),
    ).toBe(false);
    expect(ratioOf([[0, 0]]).ratio).toBe(1);
    expect(() => ratioOf([])).toThrow('no pairs');
  });
});

describe('what an index could serve', () => {
  test.each([
    ['(t.a = 1)', [['a'], []]],
    ["((t.a)::text = 'x'::text)", [['a'], []]],
    ['((t.a = $0) AND (t.b > now()))', [['a'], ['b']]],
    ['(t.a = ANY ($1))', [['a'], []]],
    ['(5 = t."o""dd é")', [['o"dd é'], []]],
    ['(t.a = t.b)', undefined],
    ['(lower(t.a) = $1)', undefined],
    ['(NOT (hashed SubPlan 1))', undefined],
    ['((t.a = $0) AND (hashed SubPlan 2))', [['a'], []]],
    ['((t.a = $0) AND (alternatives: SubPlan 1 or hashed SubPlan 2))', [['a'], []]],
    ['(t.a = (SubPlan 1))', undefined],
    ['not sql at all (', undefined],
  ])('%s', (condition, expected) => {
    const [found] = comparedIn(condition, 't');
    expect(found === undefined ? undefined : [found.equal, found.range]).toEqual(expected);
  });

  test('a disjunction needs an index for each branch that depends on the row', () => {
    const columns = (text: string) => comparedIn(text, 't').map(({ equal }) => equal);
    expect(columns('((t.a = 1) OR (t.b = 2) OR $0)')).toEqual([['a'], ['b']]);
    expect(columns('((t.a = 1) OR (length(t.b) = 2))')).toEqual([]);
  });

  test('of a policy, a subquery that names the row depends on it', () => {
    expect(comparedIn('(a IN ( SELECT m.a FROM m WHERE (m.b = 1)))', 't')).toEqual([
      { equal: ['a'], range: [] },
    ]);
    expect(comparedIn('(a IN ( SELECT m.a FROM m WHERE (m.b = t.b)))', 't')).toEqual([]);
  });

  test('keys of a sort', () => {
    expect(sortColumn('t.created_at DESC NULLS LAST')).toEqual({
      column: 'created_at',
      order: ' DESC NULLS LAST',
    });
    expect(sortColumn('t."DESC"')).toEqual({ column: 'DESC', order: '' });
    expect(sortColumn('lower(t.a)')).toBeUndefined();
  });
});

const policy = (using: string): Policy => ({
  relation: 'app.t',
  name: 'p',
  permissive: true,
  command: 'ALL',
  roles: ['PUBLIC'],
  using,
  withCheck: null,
});
const routine = (name: string, returns: string, volatility: Routine['volatility'] = 'stable') =>
  ({ schema: 'app', name, returns, volatility, fromExtension: false }) as Routine;
const catalogOf = (using: string): Catalog =>
  ({
    policies: [policy(using)],
    functions: [
      routine('me', 'uuid'),
      routine('mine', 'uuid[]'),
      routine('may', 'boolean'),
      routine('twice', 'integer', 'immutable'),
      routine('dice', 'integer', 'volatile'),
    ],
  }) as unknown as Catalog;
const hoisted = async (using: string) => (await hoistable(catalogOf(using), 'app.t'))[0]?.sql;

describe('calls that need not be made for each row', () => {
  test.each([
    ['(owner = app.me())', /owner = \(+SELECT app\.me\(\)\)/],
    [
      "(owner = (current_setting('app.id'::text))::uuid)",
      /owner = \(+SELECT .*current_setting\('app\.id'.*uuid\)/,
    ],
    ['(org = ANY (app.mine()))', /ANY \(+SELECT app\.mine\(\)\)+::uuid\[\]\)/i],
    ['(app.may() OR (a = 1))', /\(SELECT app\.may\(\)\)+ OR/],
    ['(a = app.dice())', /SELECT app\.dice\(\)/],
  ])('%s', async (using, expected) => {
    const sql = (await hoisted(using)) ?? '';
    expect(sql.replace(/CAST\((.*) AS uuid\[\]\)/, '$1::uuid[]')).toMatch(expected);
    expect(sql).toMatch(/^ALTER POLICY p ON app\.t USING \(/);
  });

  test.each([
    '(owner = (SELECT app.me()))',
    '(org = ANY ((SELECT app.mine())::uuid[]))',
    '(a = app.twice())',
    '(a = lower(b))',
    'app.may(id)',
  ])('%s is left alone', async (using) => {
    expect(await hoisted(using)).toBeUndefined();
  });
});

test('what does not depend on the row is resolved once a transaction, each call in a setting of its own', async () => {
  const using =
    '((owner = (SELECT app.me())) OR (org = ANY ((SELECT app.mine())::uuid[])) OR app.may(id) OR (b = app.me()))';
  const resolved = await resolveOnce(catalogOf(using), ['app.t']);
  expect(resolved?.helpers).toEqual(['app.me', 'app.mine']);
  expect(resolved?.first.match(/set_config\('pgattest_why\.a\d'/g)).toHaveLength(2);
  expect(resolved?.change).toHaveLength(1);
  expect(resolved?.change[0]).toContain('app.may(id)');
  expect(resolved?.change[0]).not.toMatch(/app\.(me|mine)\(/);
  expect(await resolveOnce(catalogOf('app.may(id)'), ['app.t'])).toBeUndefined();
});

test('counters are subtracted, and a reset or want of room is said', () => {
  const counters = { calls: 10, execMs: 100, planMs: 5, rows: 10, sharedHit: 1, sharedRead: 1, walBytes: 1 };
  const at = (now: number, calls: number, extra: Partial<StatementCounters> = {}): StatementCounters => ({
    at: now,
    byId: new Map([['1', { ...counters, calls, execMs: calls * 10 }]]),
    total: counters,
    resetAt: 'then',
    dropped: 0,
    planning: false,
    ...extra,
  });
  const load = between(at(0, 10), at(2000, 30));
  expect(load).toMatchObject({ seconds: 2, calls: 20, notes: [] });
  expect(load.byId.get('1')).toMatchObject({ calls: 20, execMs: 200, meanMs: 10, planMs: null, share: 1 });
  expect(between(at(0, 10), at(1, 3, { resetAt: 'now' })).byId.get('1')?.calls).toBe(3);
  expect(between(at(0, 10), at(1, 3, { resetAt: 'now' })).notes[0]).toContain('reset');
  expect(between(at(0, 10), at(1, 12, { dropped: 4 })).notes[0]).toContain('pg_stat_statements.max');
  expect(between(at(0, 10), at(1, 4)).byId.get('1')?.calls).toBe(4);
});

test('a plan is read, and said in a line', () => {
  const { root, executionMs, planningMs } = readExplain([
    {
      Plan: {
        'Node Type': 'Limit',
        'Actual Rows': 2,
        'Actual Loops': 1,
        Plans: [
          {
            'Node Type': 'Seq Scan',
            Schema: 's',
            'Relation Name': 't',
            'Actual Rows': 2,
            'Actual Loops': 3,
            'Rows Removed by Filter': 5,
            Plans: [{ 'Node Type': 'Result', 'Parent Relationship': 'SubPlan' }],
          },
        ],
      },
      'Planning Time': 0.5,
      'Execution Time': 1.5,
    },
  ]);
  expect(planLine(root)).toBe('Limit › Seq Scan on t › [Result]');
  expect([executionMs, planningMs, resultRows(root)]).toEqual([1.5, 0.5, 2]);
  expect(root.children[0]).toMatchObject({ rows: 6, rowsRemoved: 15 });
});

test('statements get a few of their calls, that are not alike, with what their transaction wrote before', () => {
  const header = {
    schema: 'pgattest.deck/1' as const,
    design: 'd',
    mix: 'm',
    statements: [
      { name: 'w', kind: 'write' as const, sql: 'W' },
      { name: 'r', kind: 'read' as const, sql: 'R' },
      { name: 'never', kind: 'read' as const, sql: 'N' },
    ],
    role: null,
    settingsLast: 'transaction' as const,
  };
  const transaction = (value: string) => ({
    transaction: 't',
    tenant: '1',
    settings: { a: value },
    calls: [
      [0, [value]],
      [1, ['same']],
    ] as [number, string[]][],
  });
  const [write, read, never] = probesOf(header, [transaction('1'), transaction('2'), transaction('3')], 2);
  expect(write).toMatchObject({
    calls: 3,
    probes: [
      { values: ['1'], before: [] },
      { values: ['2'], before: [] },
    ],
  });
  expect(read).toMatchObject({
    calls: 3,
    probes: [{ values: ['same'], before: [{ sql: 'W', values: ['1'] }] }],
  });
  expect(never).toMatchObject({ calls: 0, probes: [] });
});

test('a report without findings says so', () => {
  const empty = {
    schema: 'pgattest.why/1' as const,
    design: 'd',
    server: 's',
    mix: 'm',
    writes: false,
    load: null,
    findings: [],
    statements: [],
    tables: [],
    notes: ['one'],
  };
  const text = renderWhy(empty, { colors: pc.createColors(false), width: 120 });
  expect(text).toContain('nothing found');
  expect(text).toContain('writes were not executed');
  expect(text).toContain('note: one');
});
