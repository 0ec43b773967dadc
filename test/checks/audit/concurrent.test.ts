import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditConcurrent } from '../../../src/checks/audit/concurrent.ts';
import { Session } from '../../../src/cluster/session.ts';
import type { Fault } from '../../../src/faults/fault.ts';
import { faults } from '../../../src/faults/index.ts';
import { contextOf, runTrial } from '../../../src/scenarios/trial.ts';
import { openStand, type Stand } from '../hostile/bench.ts';
import { record, rewrite, sql } from '../hostile/breach.ts';
import { hostile } from '../hostile/design.ts';
import { inSchema } from '../hostile/rules.ts';

const check = { kind: 'audit.concurrent', table: inSchema('"user"') };

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(hostile);
});
afterAll(() => stand?.close());

const tryWith = (breach?: string) => {
  const fault = breach === undefined ? undefined : faults.sql('the trail', 'it is broken', sql(breach));
  return tryFault(fault);
};
const tryFault = (fault: Fault | undefined) =>
  stand.withCopy((bench) =>
    runTrial(bench, auditConcurrent, check, {
      memory: new Map(),
      allBreaches: true,
      ...(fault === undefined ? {} : { fault }),
    }),
  );

test('holds, and each counterexample is noticed', async () => {
  const result = await tryWith();
  expect(result.breaches).toEqual([]);
  expect(result.outcome).toBe('held');
  expect(result.sightings.map(({ way }) => way)).toEqual([
    'two sessions change the same row and another one',
    '4 sessions at once, 5 changes each',
  ]);
  const offered = await stand.withCopy(async (bench) =>
    auditConcurrent.faults(contextOf(bench, new Session(bench.client), new Map(), true), check),
  );
  expect(offered.length).toBe(2);
  for (const fault of offered) expect((await tryFault(fault)).outcome, fault.name).toBe('broken');
});

test('a trail that is written one transaction after the other is no breach, and said', async () => {
  const result = await tryWith(rewrite(record, 'BEGIN\n', 'BEGIN\n  PERFORM pg_advisory_xact_lock(7);\n'));
  expect(result.outcome).toBe('held');
  expect(result.sightings[0]?.actual).toBe('one right record each; the second session waits for the trail');
});

test.each([
  [
    'a record is passed over while another session writes one',
    rewrite(record, 'BEGIN\n', 'BEGIN\n  IF NOT pg_try_advisory_xact_lock(7) THEN RETURN NULL; END IF;\n'),
    /instead of 3|records of/,
  ],
  [
    'the actor is whoever wrote the first record',
    rewrite(
      record,
      '"my ""sch.ema"" é".me()',
      `coalesce((SELECT "who" FROM log."audit log" WHERE "table" = 'user' AND "who" IS NOT NULL ORDER BY id LIMIT 1), "my ""sch.ema"" é".me())`,
    ),
    /"who" is/,
  ],
  [
    'sessions deadlock on the trail',
    rewrite(
      record,
      'BEGIN\n',
      `BEGIN
  PERFORM pg_advisory_xact_lock_shared(7);
  -- Others get here too before anybody goes on: without it the deadlock is a matter of luck.
  PERFORM pg_sleep(0.1);
  PERFORM pg_advisory_xact_lock(7);\n`,
    ),
    /40P01/,
  ],
] as const)('%s', async (_, breach, actual) => {
  const result = await tryWith(breach);
  expect(result.outcome).toBe('broken');
  expect(result.breaches.map((each) => each.actual).join('\n')).toMatch(actual);
  for (const each of result.breaches) expect(each.object).toMatch(/"au dit/);
});

test('a change that says the same twice shows nothing of the second session, and that is said', async () => {
  const table = inSchema('"ac count"');
  const result = await stand.withCopy((bench) => {
    const { audit } = bench.design;
    if (audit === undefined) throw new Error('no audit rules');
    const tables = audit.tables.map((each) => ({ ...each, change: { column: 'am %ount', to: '7' } }));
    const design = { ...bench.design, audit: { ...audit, tables } };
    const call = { kind: 'audit.concurrent', table };
    return runTrial({ ...bench, design }, auditConcurrent, call, { memory: new Map() });
  });
  expect(result.breaches).toEqual([]);
  expect(result.outcome).toBe('not-exercised');
  expect(result.reason).toBe('a second change of am %ount changes nothing');
});
