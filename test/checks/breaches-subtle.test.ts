import { afterAll, beforeAll, test } from 'vitest';
import { openStand, type Stand } from './hostile/bench.ts';
import { type Case, expectRefuted } from './hostile/breach.ts';
import { hostile } from './hostile/design.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(hostile);
});
afterAll(() => stand?.close());

/** Holes that once went unnoticed. */
test.each<Case>([
  // Only the first column of the partition is tried.
  [
    'a partition is granted to a role of the role',
    'GRANT UPDATE (note) ON {S}."Ev ent 1" TO "group"',
    'hostile.rls.ev-ent.update',
    /^grants on .*"Ev ent 1" to /,
  ],
  // A blind UPDATE moves rows to another tenant; with a WHERE the SELECT policy stands in the way.
  [
    'WITH CHECK of an UPDATE is true',
    'ALTER POLICY "al l" ON {S}."ac count" WITH CHECK (true)',
    'hostile.rls.ac-count.update',
    /"al l"/,
  ],
  // The only column that may be set has no default: the statement reads it, and so meets the SELECT policy.
  [
    'the tenant of an UPDATE is left out',
    `ALTER POLICY "change one's own" ON {S}."user" USING ("i d" = {S}.me())`,
    'hostile.rls.user.update',
    /"change one's own"/,
  ],
  // What the rule allows fails for every actor, and is taken for a write that is not allowed.
  [
    'the function runs as the caller',
    'ALTER FUNCTION log."re cord"() SECURITY INVOKER; GRANT EXECUTE ON FUNCTION log."re cord"() TO {R}',
    'hostile.audit.user',
    /"au dit"/,
  ],
  // Only the last column of the trail is tried.
  [
    'the trail can be updated',
    'GRANT UPDATE ("who") ON log."audit log" TO {R}',
    'hostile.audit.append-only',
    /^grants on log\."audit log" to req "user"; --$/,
  ],
])('%s', (_, breach, claim, object) => expectRefuted(stand, breach, claim, object));
