import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStand, proveClaim, type Stand, tryClaim } from '../hostile/bench.ts';
import { expectRefuted, sql } from '../hostile/breach.ts';
import { whole } from './design.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(whole);
});
afterAll(() => stand?.close());

// Proved, not only held: each counterexample is noticed, and has names to quote too.
test.each(['hostile.rls.sessions', 'hostile.rls.functions', 'hostile.rls.non-interference'])(
  '%s is proved',
  async (id) => {
    const proof = await stand.withCopy((bench) => proveClaim(bench, id));
    const baseline = proof.entries.find((entry) => entry.type === 'finding' && entry.trial === 'baseline');
    expect(baseline).toMatchObject({ breaches: [], unexercised: [] });
    expect(proof.entries.at(-1)).toEqual({ type: 'verdict', claim: id, verdict: 'proved' });
  },
);

const setting = `current_setting('app.user', true)`;
const wider = (condition: string) => `CREATE POLICY "ho le" ON {S}."select" FOR SELECT USING (${condition})`;
const me = (body: string, kind = 'STABLE') =>
  `CREATE OR REPLACE FUNCTION {S}.me() RETURNS uuid LANGUAGE plpgsql ${kind} AS $$ BEGIN ${body} END $$`;

test.each([
  ['a session without a setting reads', wider(`${setting} IS NULL`)],
  ['a setting that was left over, and emptied, reads', wider(`${setting} = ''`)],
  ['a setting that disagrees with another reads', wider(`${setting} IS NOT NULL AND "from" = {S}.me()`)],
  ['a malformed id reads', wider(`${setting} = 'null'`)],
  ['a malformed id is an error', me(`RETURN nullif(${setting}, '')::uuid;`)],
  ['an empty setting is an error', me(`RETURN ${setting}::uuid;`)],
  ['an id that nobody has reads', wider(`${setting} = 'ffffffff-0000-4000-8000-00000000dead'`)],
  ['a plan keeps the identity that it was made with', me(`RETURN ${setting}::uuid;`, 'IMMUTABLE')],
  [
    'a role that can be become reads everything',
    `CREATE POLICY "ho le" ON {S}."select" FOR SELECT TO "group" USING (current_user = 'group');
     GRANT USAGE ON SCHEMA {S} TO "group"; GRANT SELECT ON {S}."select" TO "group";
     GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {S} TO "group"`,
  ],
])('sessions: %s', (_, breach) => expectRefuted(stand, breach, 'hostile.rls.sessions', /.+/));

test.each([
  [
    'a function that answers for anybody',
    `CREATE OR REPLACE FUNCTION {S}."is (admin)"() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
     SET search_path = pg_catalog, pg_temp AS $$ SELECT true $$`,
    /is \(admin\)/,
  ],
  [
    'a function without a rule',
    `CREATE FUNCTION {S}."all u'sers"() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER
     SET search_path = pg_catalog, pg_temp AS $$ SELECT "E-Mail"::text FROM {S}."user" $$`,
    /all u'sers/,
  ],
])('functions: %s', (_, breach, object) => expectRefuted(stand, breach, 'hostile.rls.functions', object));

test('functions: one that runs as the caller needs no rule', async () => {
  const result = await stand.withCopy(
    (bench) => tryClaim(bench, 'hostile.rls.functions'),
    'CREATE FUNCTION public.plain() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$',
  );
  expect(result).toMatchObject({ outcome: 'held', breaches: [] });
  expect(result.sightings.map(({ subject }) => subject)).toContain('public.plain()');
});

test.each([
  [
    'a view with its owner’s rights',
    'ALTER VIEW {S}."vi ew" RESET (security_invoker); ALTER VIEW {S}."vi ew" OWNER TO "help ""er"""',
    /"vi ew"/,
  ],
  [
    'a view that filters without a barrier',
    `CREATE OR REPLACE VIEW {S}."vi ew" AS SELECT tenant, "no", "from", "sta te" FROM {S}."select"
       WHERE tenant::text = current_setting('app.tenant', true) AND "sta te" = 'open';
     ALTER VIEW {S}."vi ew" RESET (security_invoker); ALTER VIEW {S}."vi ew" OWNER TO "help ""er"""`,
    /"vi ew"/,
  ],
  [
    'what is deleted tells of other rows',
    'ALTER POLICY "de lete" ON {S}."select" USING ({S}."is (admin)"())',
    /"de lete"/,
  ],
  [
    'what is read hangs on rows of all tenants',
    `CREATE FUNCTION {S}."ma ny"() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
       AS $$ SELECT count(DISTINCT tenant) = 2 FROM {S}."ac count" $$;
     GRANT EXECUTE ON FUNCTION {S}."ma ny"() TO {R};
     ALTER POLICY "sel""ect" ON {S}."select" USING (tenant = {S}."my tenant"() AND {S}."ma ny"())`,
    /"sel""ect"/,
  ],
  [
    'a text that is unique over all tenants',
    'ALTER TABLE {S}."select" ADD CONSTRAINT "o racle" UNIQUE ({A})',
    /"o racle"/,
  ],
])('non-interference: %s', (_, breach, object) =>
  expectRefuted(stand, breach, 'hostile.rls.non-interference', object),
);

test('non-interference: a row of one’s own may name somebody elsewhere, who may go', async () => {
  const result = await stand.withCopy(
    (bench) => tryClaim(bench, 'hostile.rls.non-interference'),
    sql(`SET session_replication_role = replica;
      UPDATE {S}."ac count" AS own SET "to" =
        (SELECT other."i d" FROM {S}."user" AS other WHERE other.tenant <> own.tenant ORDER BY 1 DESC LIMIT 1);
      RESET session_replication_role;
      ALTER TABLE {S}."ac count" ADD CONSTRAINT named FOREIGN KEY ("to") REFERENCES {S}."user"`),
  );
  expect(result.breaches).toEqual([]);
  expect(
    result.sightings.filter(({ actual }) => /by constraint named: .*UUID, which nobody guesses/.test(actual)),
  ).not.toEqual([]);
});
