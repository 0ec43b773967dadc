import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStand, proveClaim, type Stand, tryClaim } from '../hostile/bench.ts';
import { expectRefuted, record, rewrite, sql } from '../hostile/breach.ts';
import { hostile } from '../hostile/design.ts';
import { withNotes } from './tended.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(hostile);
});
afterAll(() => stand?.close());

test('each form of statement, cascade, move and savepoint is tried, and proved with every counterexample', async () => {
  await withNotes(stand, async (bench) => {
    const { sightings } = await tryClaim(bench, 'hostile.audit.no-te');
    expect(sightings.filter(({ agrees }) => !agrees)).toEqual([]);
    const untried = sightings.filter(({ actual }) => actual.startsWith('not tried'));
    expect(untried.map(({ way, actual }) => `${way}: ${actual}`)).toEqual([]);
    const ways = new Set(sightings.map(({ way }) => way));
    for (const way of [
      'INSERT of several VALUES',
      'INSERT … RETURNING',
      'INSERT in a WITH',
      'COPY … FROM',
      'INSERT … ON CONFLICT DO NOTHING, in conflict',
      'INSERT … ON CONFLICT DO UPDATE, in conflict',
      'MERGE that updates and inserts',
      'MERGE that deletes',
      'UPDATE … FROM that joins the row twice',
      'UPDATE in a block that fails',
      'DELETE … USING … RETURNING',
      'two changes of a row in one transaction, and one under a savepoint that is undone',
    ]) {
      expect(ways).toContain(way);
    }
    expect([...ways].filter((way) => way.includes(' ON DELETE '))).toEqual([
      expect.stringMatching(/ON DELETE CASCADE$/),
      expect.stringMatching(/ON DELETE SET NULL$/),
    ]);
    expect([...ways].some((way) => way.includes('that moves the row from'))).toBe(true);
    expect((await proveClaim(bench, 'hostile.audit.no-te')).verdict).toBe('proved');
  });
});

test('the record of an account that goes is looked for, and what a superuser can do is said', async () => {
  await stand.withCopy(async (bench) => {
    const { outcome, sightings } = await tryClaim(bench, 'hostile.audit.user');
    expect(outcome).toBe('held');
    expect(sightings.map(({ way }) => way)).toContain('DELETE of the account that made a change');
    expect(sightings.find(({ way }) => way.endsWith('session_replication_role = replica'))?.actual).toMatch(
      /^0 records: the triggers are not ENABLE ALWAYS/,
    );
  });
});

describe('each way broken', () => {
  test.each([
    [
      'COPY is not recorded',
      rewrite(record, 'BEGIN\n', "BEGIN\n  IF current_query() LIKE 'COPY%' THEN RETURN NULL; END IF;\n"),
      /COPY/,
    ],
    [
      'MERGE is not recorded',
      rewrite(record, 'BEGIN\n', "BEGIN\n  IF current_query() LIKE 'MERGE%' THEN RETURN NULL; END IF;\n"),
      /MERGE/,
    ],
    [
      'an upsert is recorded as what was asked',
      rewrite(
        record,
        'TG_TABLE_NAME, TG_OP,',
        "TG_TABLE_NAME, CASE WHEN current_query() LIKE '%DO UPDATE%' THEN 'INSERT' ELSE TG_OP END,",
      ),
      /DO UPDATE, in conflict/,
    ],
    [
      'a second change in the transaction is passed over',
      rewrite(
        record,
        'BEGIN\n',
        `BEGIN
  IF TG_OP = 'UPDATE' AND EXISTS (SELECT FROM log."audit log" WHERE "at" = now() AND "action" = 'UPDATE'
    AND "key" = "after" ->> TG_ARGV[0] AND "table" LIKE 'no te%') THEN RETURN NULL; END IF;\n`,
      ),
      /two changes of a row/,
    ],
    [
      'what a foreign key does is passed over',
      rewrite(
        record,
        'BEGIN\n',
        `BEGIN\n  IF current_query() ~ '^DELETE FROM .*"(bo ok|user)"' THEN RETURN NULL; END IF;\n`,
      ),
      / ON DELETE /,
    ],
    [
      'a move to another partition is passed over',
      rewrite(
        record,
        'BEGIN\n',
        `BEGIN\n  IF current_query() ~ '^UPDATE .* SET "mon th"' THEN RETURN NULL; END IF;\n`,
      ),
      /mon th|moves the row/,
    ],
    [
      'the time is of tomorrow',
      `ALTER TABLE log."audit log" ALTER "at" SET DEFAULT now() + interval '1 day'`,
      /^/,
    ],
  ] as const)('%s', async (_, breach, way) => {
    const result = await withNotes(stand, (bench) => tryClaim(bench, 'hostile.audit.no-te'), breach);
    expect(result.outcome).toBe('broken');
    expect(result.breaches.map(({ says }) => says).some((says) => way.test(says))).toBe(true);
    for (const each of result.breaches) expect(each.object).toMatch(/"au dit"/);
  });

  test.each(['hostile.audit.ac-count', 'hostile.audit.append-only'])('no trail at all refutes %s', (claim) =>
    expectRefuted(stand, 'DROP TABLE log."audit log" CASCADE', claim, /audit log": missing/),
  );

  test('the name goes with the account', () =>
    expectRefuted(
      stand,
      `CREATE FUNCTION log."for get"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  SET LOCAL session_replication_role = replica;
  UPDATE log."audit log" SET "who" = NULL WHERE "who" = OLD."i d";
  SET LOCAL session_replication_role = origin;
  RETURN NULL;
END $$;
CREATE TRIGGER "z for get" AFTER DELETE ON {S}."user" FOR EACH ROW EXECUTE FUNCTION log."for get"()`,
      'hostile.audit.user',
      /"au dit"/,
    ));

  test('a login that may set session_replication_role gets by the triggers, unless they are ENABLE ALWAYS', async () => {
    const grant =
      'GRANT SET ON PARAMETER session_replication_role TO "Überwachung"; GRANT USAGE ON SCHEMA {S} TO "Überwachung"; GRANT ALL ON {S}."ac count" TO "Überwachung"; ALTER TABLE {S}."ac count" DISABLE ROW LEVEL SECURITY';
    const always = 'ALTER TABLE {S}."ac count" ENABLE ALWAYS TRIGGER "au dit"';
    try {
      await expectRefuted(stand, grant, 'hostile.audit.ac-count', /"au dit"/);
      const result = await stand.withCopy(
        (bench) => tryClaim(bench, 'hostile.audit.ac-count'),
        sql(`${grant}; ${always}`),
      );
      expect(result.breaches).toEqual([]);
    } finally {
      // The parameter belongs to the cluster, not to the copy.
      await stand.withCopy(
        async () => {},
        sql('REVOKE SET ON PARAMETER session_replication_role FROM "Überwachung"'),
      );
    }
  });
});
