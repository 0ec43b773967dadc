import { afterAll, beforeAll, describe, test } from 'vitest';
import { openStand, type Stand } from './hostile/bench.ts';
import { type Case, expectRefuted, rewrite } from './hostile/breach.ts';
import { hostile } from './hostile/design.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(hostile);
});
afterAll(() => stand?.close());

describe('access', () => {
  test.each<Case>([
    [
      'a SELECT policy is dropped',
      'DROP POLICY "sel""ect" ON {S}."select"',
      'rls.select.select',
      /^policy "sel""ect" on .*"select": missing$/,
    ],
    [
      'a SELECT policy is true',
      'ALTER POLICY "sel""ect" ON {S}."select" USING (true)',
      'rls.select.select',
      /^policy "sel""ect" on /,
    ],
    [
      'the tenant is left out',
      `ALTER POLICY "sel""ect" ON {S}."select" USING ("sta te" = 'open' OR "from" = {S}.me() OR {S}."is (admin)"())`,
      'rls.select.select',
      /"sel""ect"/,
    ],
    [
      'admins are left out',
      `ALTER POLICY "sel""ect" ON {S}."select" USING (tenant = {S}."my tenant"() AND ("sta te" = 'open' OR "from" = {S}.me()))`,
      'rls.select.select',
      /"sel""ect"/,
    ],
    [
      'AND and OR are mixed up',
      `ALTER POLICY "sel""ect" ON {S}."select" USING (tenant = {S}."my tenant"() AND "sta te" = 'open' OR "from" = {S}.me() OR {S}."is (admin)"())`,
      'rls.select.select',
      /"sel""ect"/,
    ],
    [
      'one row is hidden',
      `ALTER POLICY "sel""ect" ON {S}."select" USING (tenant = {S}."my tenant"() AND "no" <> 1 AND ("sta te" = 'open' OR "from" = {S}.me() OR {S}."is (admin)"()))`,
      'rls.select.select',
      /"sel""ect"/,
    ],
    [
      'a permissive policy is a hole',
      'CREATE POLICY "ho le" ON {S}."select" FOR SELECT USING (true)',
      'rls.select.select',
      /"ho le"/,
    ],
    [
      'a permissive policy for all is a hole',
      'CREATE POLICY "ho le" ON {S}."user" USING (true)',
      'rls.user.update',
      /"ho le"/,
    ],
    [
      'a restrictive policy hides rows',
      'CREATE POLICY "sti cky" ON {S}."only unique" AS RESTRICTIVE USING ("co de" <> $$C\'3$$)',
      'rls.only-unique.select',
      /"sti cky"/,
    ],
    [
      'row security is off',
      'ALTER TABLE {S}."select" DISABLE ROW LEVEL SECURITY',
      'rls.select.select',
      /^row security is off on .*"select"$/,
    ],
    [
      'a partition is granted',
      `GRANT SELECT ON {S}."Ev ent 1 'old'" TO {R}`,
      'rls.ev-ent.select',
      /^grants on .*"Ev ent 1 'old'" to /,
    ],
    [
      'a partition is granted to everybody',
      'GRANT DELETE ON {S}."Ev ent 2" TO PUBLIC',
      'rls.ev-ent.delete',
      /^grants on .*"Ev ent 2" to /,
    ],
    [
      'a secret column is granted',
      'GRANT SELECT ("pass""word") ON {S}."user" TO {R}',
      'rls.user.select',
      /^grants on .*"user" to req "user"; --$/,
    ],
    [
      'a table that nobody may touch is granted',
      'GRANT INSERT ON {S}."em pty" TO {R}',
      'rls.em-pty.insert',
      /^grants on .*"em pty" to /,
    ],
    [
      'one column of a partition may be read',
      'GRANT SELECT (note) ON {S}."Ev ent 1" TO "group"',
      'rls.ev-ent.select',
      /^grants on .*"Ev ent 1" to /,
    ],
    [
      'one column of a table that nobody may read',
      'GRANT SELECT ("old") ON log."audit log" TO {R}',
      'rls.audit-log.select',
      /^grants on log\."audit log" to /,
    ],
    [
      'TRUNCATE is granted',
      'GRANT TRUNCATE ON {S}."select" TO {R}',
      'rls.select.delete',
      /^grants on .*"select" to /,
    ],
    [
      'a column that must not change is granted',
      'GRANT UPDATE (tenant) ON {S}."select" TO {R}',
      'rls.select.update',
      /^grants on .*"select" to /,
    ],
    [
      'a grant is forgotten',
      'REVOKE SELECT ON {S}."only unique" FROM {R}',
      'rls.only-unique.select',
      /"only unique"/,
    ],
    [
      'the view no longer asks who calls',
      'ALTER VIEW {S}."vi ew" SET (security_invoker = false)',
      'rls.vi-ew.select',
      /"vi ew"/,
    ],
    [
      'WITH CHECK of an INSERT is true',
      'ALTER POLICY "in sert" ON {S}."select" WITH CHECK (true)',
      'rls.select.insert',
      /"in sert"/,
    ],
    [
      'WITH CHECK of an INSERT forgets the author',
      'ALTER POLICY "in sert" ON {S}."select" WITH CHECK (tenant = {S}."my tenant"())',
      'rls.select.insert',
      /"in sert"/,
    ],
    [
      'an INSERT policy is dropped',
      'DROP POLICY "in sert" ON {S}."select"',
      'rls.select.insert',
      /"in sert" on .*: missing/,
    ],
    [
      'USING of an UPDATE is another one',
      'ALTER POLICY "up date" ON {S}."select" USING (tenant = {S}."my tenant"())',
      'rls.select.update',
      /"up date"/,
    ],
    [
      'USING of a DELETE is that of an UPDATE',
      'ALTER POLICY "de lete" ON {S}."select" USING (tenant = {S}."my tenant"() AND "from" = {S}.me())',
      'rls.select.delete',
      /"de lete"/,
    ],
    [
      'a DELETE policy is dropped',
      'DROP POLICY "de lete" ON {S}."select"',
      'rls.select.delete',
      /"de lete" on .*: missing/,
    ],
    [
      'a guard is disabled',
      'ALTER TABLE {S}."select" DISABLE TRIGGER "gu ard"',
      'rls.select.update',
      /^trigger "gu ard" on .*: missing or disabled$/,
    ],
    [
      'a guard is dropped',
      'DROP TRIGGER "gu ard" ON {S}."select"',
      'rls.select.update',
      /^trigger "gu ard" on .*: missing or disabled$/,
    ],
    [
      'a guard refuses what is right',
      rewrite('"my ""sch.ema"" é"."gu ard"()', 'AND NOT "my ""sch.ema"" é"."is (admin)"()', ''),
      'rls.select.update',
      /gu ard/,
    ],
    [
      'a policy divides by zero',
      'ALTER POLICY "only" ON {S}."only unique" USING (1 / (tenant - tenant) > 0)',
      'rls.only-unique.select',
      /"only"/,
    ],
    [
      'a policy casts a setting that may be absent',
      `ALTER POLICY "only" ON {S}."only unique" USING (tenant = current_setting('app.tenant')::int)`,
      'rls.only-unique.select',
      /"only"/,
    ],
    [
      'a trigger fails with an error of its own',
      `CREATE FUNCTION {S}.boom() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'boom'; END $$; CREATE TRIGGER boom BEFORE DELETE ON {S}."select" FOR EACH ROW EXECUTE FUNCTION {S}.boom()`,
      'rls.select.delete',
      /boom/,
    ],
    [
      'a trigger skips the row',
      `CREATE FUNCTION {S}.skip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; CREATE TRIGGER skip BEFORE INSERT ON {S}."select" FOR EACH ROW EXECUTE FUNCTION {S}.skip()`,
      'rls.select.insert',
      /"select"/,
    ],
  ])('%s', (_, breach, claim, object) => expectRefuted(stand, breach, `hostile.${claim}`, object));
});
