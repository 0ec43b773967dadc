import { afterAll, beforeAll, describe, test } from 'vitest';
import { openStand, type Stand } from './hostile/bench.ts';
import { type Case, expectRefuted, record, rewrite, sql } from './hostile/breach.ts';
import { hostile } from './hostile/design.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(hostile);
});
afterAll(() => stand?.close());

describe('audit', () => {
  test.each<Case>([
    [
      'a trigger is disabled',
      'ALTER TABLE {S}."user" DISABLE TRIGGER "au dit"',
      'audit.user',
      /^trigger "au dit" on .*: disabled$/,
    ],
    [
      'a trigger is dropped',
      'DROP TRIGGER "au dit truncate" ON {S}."user"',
      'audit.user',
      /^trigger "au dit truncate" on .*: missing$/,
    ],
    [
      'a trigger fires on replicas only',
      'ALTER TABLE {S}."user" ENABLE REPLICA TRIGGER "au dit"',
      'audit.user',
      /"au dit" on .*: disabled/,
    ],
    [
      'a trigger looks at one column',
      'DROP TRIGGER "au dit" ON {S}."user"; CREATE TRIGGER "au dit" AFTER INSERT OR UPDATE OF tenant OR DELETE ON {S}."user" FOR EACH ROW EXECUTE FUNCTION log."re cord"($$i d$$)',
      'audit.user',
      /"au dit"/,
    ],
    [
      'a trigger forgets DELETE',
      'DROP TRIGGER "au dit" ON {S}."ac count"; CREATE TRIGGER "au dit" AFTER INSERT OR UPDATE ON {S}."ac count" FOR EACH ROW EXECUTE FUNCTION log."re cord"($$id$$)',
      'audit.ac-count',
      /"au dit"/,
    ],
    [
      'a trigger has a condition',
      'DROP TRIGGER "au dit" ON {S}."ac count"; CREATE TRIGGER "au dit" AFTER INSERT OR UPDATE OR DELETE ON {S}."ac count" FOR EACH ROW WHEN (pg_trigger_depth() > 0) EXECUTE FUNCTION log."re cord"($$id$$)',
      'audit.ac-count',
      /"au dit"/,
    ],
    [
      'each change is written twice',
      'CREATE TRIGGER "au dit 2" AFTER INSERT OR UPDATE OR DELETE ON {S}."user" FOR EACH ROW EXECUTE FUNCTION log."re cord"($$i d$$)',
      'audit.user',
      /"au dit"/,
    ],
    ['the actor is nobody', rewrite(record, '"my ""sch.ema"" é".me()', 'NULL'), 'audit.user', /"au dit"/],
    [
      'the actor is the row',
      rewrite(record, '"my ""sch.ema"" é".me()', '("after" ->> $$i d$$)::uuid'),
      'audit.user',
      /"au dit"/,
    ],
    [
      'the secret is copied',
      rewrite(record, ` - 'pass"word', "after"`, ', "after"'),
      'audit.user',
      /"au dit"/,
    ],
    [
      'old and new are mixed up',
      rewrite(
        record,
        `"before" - 'pass"word', "after" - 'pass"word'`,
        `"after" - 'pass"word', "before" - 'pass"word'`,
      ),
      'audit.user',
      /"au dit"/,
    ],
    [
      'changed fields list all',
      rewrite(record, 'b.value IS DISTINCT FROM "after" -> b.key', 'true'),
      'audit.user',
      /"au dit"/,
    ],
    [
      'a change of nothing is written',
      rewrite(record, `IF TG_OP = 'UPDATE' AND`, `IF false AND`),
      'audit.user',
      /"au dit"/,
    ],
    [
      'an empty setting raises a cast error',
      rewrite(record, '"my ""sch.ema"" é".me()', `current_setting('app.user', true)::uuid`),
      'audit.user',
      /"au dit"/,
    ],
    [
      'the key is the wrong column',
      'DROP TRIGGER "au dit" ON {S}."ac count"; CREATE TRIGGER "au dit" AFTER INSERT OR UPDATE OR DELETE ON {S}."ac count" FOR EACH ROW EXECUTE FUNCTION log."re cord"(tenant)',
      'audit.ac-count',
      /"au dit"/,
    ],
    [
      'the function runs as the caller',
      'ALTER FUNCTION log."re cord"() SECURITY INVOKER; GRANT EXECUTE ON FUNCTION log."re cord"() TO {R}',
      'audit.ac-count',
      /"au dit"/,
    ],
    [
      'the time is a constant',
      `ALTER TABLE log."audit log" ALTER "at" SET DEFAULT '2020-01-01'`,
      'audit.user',
      /"au dit"/,
    ],
    [
      'the trail can be updated',
      'GRANT UPDATE ON log."audit log" TO {R}',
      'audit.append-only',
      /^grants on log\."audit log" to req "user"; --$/,
    ],
    [
      'the trail can be forged by another login',
      'GRANT INSERT ON log."audit log" TO "Überwachung"',
      'audit.append-only',
      /^grants on log\."audit log" to Überwachung$/,
    ],
    [
      'the trail can be deleted by a role of a login',
      'GRANT DELETE ON log."audit log" TO "group"',
      'audit.append-only',
      /^grants on log\."audit log" to /,
    ],
    [
      'the trail can be truncated by its owner',
      'DROP TRIGGER "ke ep all" ON log."audit log"',
      'audit.append-only',
      /^trigger "ke ep all" on log\."audit log": missing$/,
    ],
    [
      'the trail can be changed by its owner',
      'ALTER TABLE log."audit log" DISABLE TRIGGER "ke ep"',
      'audit.append-only',
      /^trigger "ke ep" on log\."audit log": disabled$/,
    ],
    [
      'the guard of the trail only warns',
      rewrite('log."ne (ver)"()', 'RAISE EXCEPTION', 'RAISE WARNING').replace(
        'EXECUTE after;',
        `EXECUTE replace(after, ' USING ERRCODE = ''insufficient_privilege''; ', '; RETURN NULL;');`,
      ),
      'audit.append-only',
      /"ke ep/,
    ],
  ])('%s', (_, breach, claim, object) => expectRefuted(stand, breach, `hostile.${claim}`, object));
});

describe('structure', () => {
  test.each<Case>([
    [
      'row security of a partition is off',
      `ALTER TABLE {S}."Ev ent 1 'old'" DISABLE ROW LEVEL SECURITY`,
      'structure.row-security',
      /row security is off on .*"Ev ent 1 'old'"/,
    ],
    [
      'row security of a table is not forced',
      'ALTER TABLE {S}."user" NO FORCE ROW LEVEL SECURITY',
      'structure.row-security',
      /^FORCE ROW LEVEL SECURITY on .*"user"$/,
    ],
    [
      'a table of tomorrow has no row security',
      'CREATE TABLE {S}."new one" (a int)',
      'structure.row-security',
      /"new one"/,
    ],
    [
      'the request role owns a table',
      'ALTER TABLE {S}."em pty" OWNER TO {R}',
      'structure.request-role',
      /^role req "user"; --$/,
    ],
    [
      'a role of the request role owns a table',
      'ALTER TABLE {S}."em pty" OWNER TO "group"',
      'structure.request-role',
      /^role group$/,
    ],
    [
      'a function runs with the search_path of the caller',
      'ALTER FUNCTION {S}."is (admin)"() RESET search_path',
      'structure.definer-functions',
      /^function .*"is \(admin\)"\(\)$/,
    ],
    [
      'everybody may execute a function',
      'GRANT EXECUTE ON FUNCTION log."re cord"() TO PUBLIC',
      'structure.definer-functions',
      /^function log\."re cord"\(\)$/,
    ],
    [
      'the partition of today is missing',
      `ALTER TABLE {S}."Ev ent 1" DETACH PARTITION {S}."Ev ent 1 'new'"`,
      'structure.partitions',
      /"Ev ent 1"$/,
    ],
  ])('%s', (_, breach, claim, object) => expectRefuted(stand, breach, `hostile.${claim}`, object));

  // Roles belong to the cluster, not to the copy: what is done to them is taken back.
  test.each([
    ['BYPASSRLS', 'ALTER ROLE {R} BYPASSRLS', 'ALTER ROLE {R} NOBYPASSRLS', /^role req "user"; --$/],
    ['SUPERUSER', 'ALTER ROLE "group" SUPERUSER', 'ALTER ROLE "group" NOSUPERUSER', /^role group$/],
  ] as const)('the request role reaches %s', async (_, breach, back, object) => {
    try {
      await expectRefuted(stand, breach, 'hostile.structure.request-role', object);
      if (breach.includes('{R}'))
        await expectRefuted(stand, 'SELECT', 'hostile.rls.select.select', /"select"/);
    } finally {
      await stand.withCopy(async () => {}, sql(back));
    }
  });
});
