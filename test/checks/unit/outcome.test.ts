import { describe, expect, test } from 'vitest';
import { describeOutcome, isDenied, outcomeOf } from '../../../src/checks/access/outcome.ts';
import type { ServerError } from '../../../src/cluster/session.ts';

const failed = (error: Partial<ServerError>) =>
  outcomeOf({ status: 'error', error: { sqlstate: '42501', message: 'no', ...error } });

describe('outcomes', () => {
  test.each([
    ['rows were touched', { status: 'done', rows: [], count: 3 }, 'done', false],
    ['no row was touched', { status: 'done', rows: [], count: 0 }, 'untouched', true],
  ] as const)('%s', (_, attempt, kind, denied) => {
    const outcome = outcomeOf(attempt);
    expect(outcome.kind).toBe(kind);
    expect(isDenied(outcome)).toBe(denied);
  });

  test.each<[string, Partial<ServerError>, string, boolean]>([
    [
      'a policy’s WITH CHECK',
      {
        routine: 'ExecWithCheckOptions',
        message: 'new row violates row-level security policy for table "t"',
      },
      'policy',
      true,
    ],
    ['a table', { routine: 'aclcheck_error', message: 'permission denied for table t' }, 'privilege', true],
    [
      'a column',
      { routine: 'aclcheck_error_col', message: 'permission denied for column c of relation t' },
      'privilege',
      true,
    ],
    [
      'a type',
      { routine: 'aclcheck_error_type', message: 'permission denied for type d' },
      'privilege',
      true,
    ],
    [
      'a sequence',
      { routine: 'nextval_internal', message: 'permission denied for sequence t_id_seq' },
      'privilege',
      true,
    ],
    [
      'setval of a sequence',
      { routine: 'do_setval', message: 'permission denied for sequence t_id_seq' },
      'privilege',
      true,
    ],
    ['ownership', { routine: 'aclcheck_error', message: 'must be owner of table t' }, 'privilege', true],
    [
      'a guard',
      {
        routine: 'exec_stmt_raise',
        message: 'never',
        where: 'PL/pgSQL function guard_tasks() line 3 at RAISE',
      },
      'guard',
      true,
    ],
    [
      'a duplicate key',
      { sqlstate: '23505', constraint: 'pk', message: 'duplicate key' },
      'constraint',
      false,
    ],
    ['a CHECK', { sqlstate: '23514', constraint: 'ck', message: 'violates check' }, 'constraint', false],
    [
      'a foreign key',
      { sqlstate: '23503', constraint: 'fk', message: 'violates foreign key' },
      'constraint',
      false,
    ],
    ['NULL', { sqlstate: '23502', message: 'null value' }, 'constraint', false],
    ['division by zero in a policy', { sqlstate: '22012', message: 'division by zero' }, 'other', false],
    [
      'a bad cast in a policy',
      { sqlstate: '22P02', message: 'invalid input syntax for type uuid: ""' },
      'other',
      false,
    ],
    ['a missing table', { sqlstate: '42P01', message: 'relation "t" does not exist' }, 'other', false],
    ['a syntax error', { sqlstate: '42601', message: 'syntax error' }, 'other', false],
    [
      'a timeout',
      { sqlstate: '57014', message: 'canceling statement due to statement timeout' },
      'other',
      false,
    ],
    [
      'a trigger’s own SQLSTATE',
      { sqlstate: 'P0001', message: 'no', where: 'PL/pgSQL function f() line 1 at RAISE' },
      'other',
      false,
    ],
    [
      'infinite recursion in a policy',
      { sqlstate: '42P17', message: 'infinite recursion detected in policy' },
      'other',
      false,
    ],
    ['42501 from nowhere known', { routine: 'somewhere', message: 'must be superuser' }, 'other', false],
    [
      'row security refused by the setting',
      {
        routine: 'check_enable_rls',
        message: 'query would be affected by row-level security policy for table "t"',
      },
      'other',
      false,
    ],
  ])('an error of %s', (_, error, kind, denied) => {
    const outcome = failed(error);
    expect(outcome.kind).toBe(kind);
    expect(isDenied(outcome)).toBe(denied);
  });
});

describe('the guard that refused', () => {
  test.each([
    ['plain', 'PL/pgSQL function guard() line 3 at RAISE', 'guard'],
    ['with a schema', 'PL/pgSQL function app.guard_tasks() line 3 at RAISE', 'app.guard_tasks'],
    ['with arguments', 'PL/pgSQL function app.guard(integer,text) line 3 at RAISE', 'app.guard'],
    [
      'the innermost of several',
      'PL/pgSQL function app.inner() line 1 at RAISE\nSQL statement "SELECT app.inner()"\nPL/pgSQL function app.outer() line 2 at PERFORM',
      'app.inner',
    ],
    ['quoted', 'PL/pgSQL function "Guard"() line 3 at RAISE', '"Guard"'],
    [
      'quoted, with a space, a parenthesis and quotes',
      'PL/pgSQL function "my app"."gu (ard) ""x"""() line 3 at RAISE',
      '"my app"."gu (ard) ""x"""',
    ],
  ])('%s', (_, where, guard) => {
    expect(failed({ routine: 'exec_stmt_raise', message: 'never', where })).toMatchObject({
      kind: 'guard',
      guard,
    });
  });
});

test('each outcome in words holds the SQLSTATE and what the server said', () => {
  const words = [
    describeOutcome(outcomeOf({ status: 'done', rows: [], count: 1 })),
    describeOutcome(outcomeOf({ status: 'done', rows: [], count: 2 })),
    describeOutcome(outcomeOf({ status: 'done', rows: [], count: 0 })),
    describeOutcome(failed({ routine: 'ExecWithCheckOptions', message: 'policy says no' })),
    describeOutcome(failed({ message: 'permission denied for table t' })),
    describeOutcome(failed({ message: 'guard says no', where: 'PL/pgSQL function app.g() line 1 at RAISE' })),
    describeOutcome(failed({ sqlstate: '23505', constraint: 'pk', message: 'duplicate' })),
    describeOutcome(failed({ sqlstate: '22012', message: 'division by zero' })),
  ];
  expect(words).toEqual([
    'done, 1 row',
    'done, 2 rows',
    'no row touched',
    '42501 by policy: policy says no',
    '42501 by privilege: permission denied for table t',
    '42501 by app.g: guard says no',
    '23505 by constraint pk: duplicate',
    '22012: division by zero',
  ]);
});
