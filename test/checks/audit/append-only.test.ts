import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStand, proveClaim, type Stand, tryClaim } from '../hostile/bench.ts';
import { expectRefuted, sql } from '../hostile/breach.ts';
import { hostile } from '../hostile/design.ts';

const claim = 'hostile.audit.append-only';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(hostile);
});
afterAll(() => stand?.close());

/** What is said of those whom no privilege stops, by way. */
async function said(breach?: string): Promise<Readonly<Record<string, readonly [string, string]>>> {
  const { outcome, sightings } = await stand.withCopy((bench) => tryClaim(bench, claim), breach);
  expect(outcome).toBe('held');
  return Object.fromEntries(
    sightings
      .filter(({ expected }) => expected.startsWith('said'))
      .map(({ way, expected, actual }) => [way, [expected, actual] as const]),
  );
}

test('what an owner and a superuser can do is said, and no breach', async () => {
  const taken = /nothing in the database stops it; pg_trigger.tgenabled shows it/;
  expect(await said()).toEqual({
    'as a superuser, guards taken off first': [
      expect.stringMatching(taken),
      expect.stringMatching(/^done, \d rows$/),
    ],
    'as a superuser with session_replication_role = replica': [
      expect.stringMatching(/not ENABLE ALWAYS/),
      expect.stringMatching(/^done, \d rows$/),
    ],
  });
  const owned = await said(
    sql(`GRANT USAGE ON SCHEMA log TO "help ""er"""; ALTER TABLE log."audit log" OWNER TO "help ""er"""`),
  );
  expect(owned['as its owner help "er"']).toEqual([
    expect.stringMatching(/a guard stops it/),
    expect.stringMatching(/^42501 by .*log\."ne \(ver\)"/),
  ]);
  expect(owned['as its owner help "er", guards taken off first']).toEqual([
    expect.stringMatching(taken),
    expect.stringMatching(/^done, \d rows$/),
  ]);
});

test('guards that are ENABLE ALWAYS stop a superuser with session_replication_role = replica', async () => {
  const always = ['ke ep', 'ke ep all']
    .map((name) => `ALTER TABLE log."audit log" ENABLE ALWAYS TRIGGER "${name}"`)
    .join('; ');
  expect((await said(always))['as a superuser with session_replication_role = replica']).toEqual([
    expect.stringMatching(/the guards are ENABLE ALWAYS/),
    expect.stringMatching(/^42501 by /),
  ]);
});

test('a guard that acts for replicas only is no guard', () =>
  expectRefuted(
    stand,
    'ALTER TABLE log."audit log" ENABLE REPLICA TRIGGER "ke ep"',
    claim,
    /^trigger "ke ep" on log\."audit log": disabled$/,
  ));

test('is proved with every counterexample', async () => {
  const proof = await stand.withCopy((bench) => proveClaim(bench, claim));
  expect(proof.verdict).toBe('proved');
});
