import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStand, type Stand, tryClaim } from './hostile/bench.ts';
import { empty, odd } from './odd/design.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(odd);
});
afterAll(() => stand?.close());

const outcomeOf = (id: string) => stand.withCopy((bench) => tryClaim(bench, id));

async function expectHeld(id: string): Promise<void> {
  expect(await outcomeOf(id)).toMatchObject({ outcome: 'held', breaches: [], unexercised: [] });
}

test('what nothing puts to the test is not taken for right', async () => {
  expect(await outcomeOf('odd.rls.bare.select')).toMatchObject({
    outcome: 'not-exercised',
    breaches: [],
    unexercised: ['no row is allowed because of it, and none refused because of it: "row".owner = actor.id'],
  });
});

test('a database without anything in it is not taken for right', async () => {
  const nothing = await openStand(empty);
  try {
    for (const { id } of empty.claims) {
      expect(await nothing.withCopy((bench) => tryClaim(bench, id))).toMatchObject({
        outcome: 'not-exercised',
        breaches: [],
      });
    }
  } finally {
    await nothing.close();
  }
});

test.each([
  'odd.rls.always.select',
  'odd.rls.always.delete',
  'odd.rls.short.select',
  'odd.rls.made.select',
  'odd.rls.totals.select',
  'odd.rls.trail.insert',
])('%s holds', expectHeld);

// What once was said to be broken, or could not be tried.
test.each([
  ['odd.rls.always.insert', 'a key that is always generated says so before privileges are looked at'],
  ['odd.rls.short.insert', 'a fresh value of 38 characters does not fit into eight'],
  ['odd.rls.made.insert', 'the expression of the generated column sees the actor’s id beside the row’s'],
  ['odd.rls.always.update', 'a key that is always generated takes only DEFAULT, whoever asks'],
  ['odd.rls.totals.insert', 'a view that cannot be written to says so before privileges are looked at'],
  ['odd.audit.always', 'a key that is always generated cannot be copied'],
  ['odd.structure.endless', 'bounds without an end are not read'],
])('%s holds: %s', (id) => expectHeld(id));
