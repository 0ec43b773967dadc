import { openDesign } from 'pgattest/vitest';
import { describe, expect, test } from 'vitest';
import { notes } from './notes/design.ts';

const db = await openDesign(notes);
const note = (row: number) => db.ids.uuid('app.notes', row);
const [first, second, anonymous] = ['first', 'second', 'anonymous'].map((name) => db.as(name)) as [
  ReturnType<typeof db.as>,
  ReturnType<typeof db.as>,
  ReturnType<typeof db.as>,
];
const own = Array.from({ length: 10 }, (_, i) => note(3 * i));

/** The message of an expectation that must fail. */
async function messageOf(expectation: Promise<void>): Promise<string> {
  const error = await expectation.then(
    () => undefined,
    (reason: unknown) => reason as Error,
  );
  if (error === undefined) throw new Error('the expectation held');
  return error.message;
}

describe('toSee', () => {
  test('holds for some rows, a number of them, their keys, and no row', async () => {
    await expect(first).toSee('app.notes');
    await expect(first).toSee('app.notes', { rows: 10 });
    await expect(first).toSee('app.notes', { rows: own });
    await expect(first).toSee('app.notes', { where: '"row".id = $1', values: [note(3)], rows: [note(3)] });
    await expect(first).not.toSee('app.notes', { where: '"row".id = $1', values: [note(1)] });
    await expect(anonymous).toSee('app.notes', { rows: 0 });
    await expect(anonymous).not.toSee('app.notes');
    await expect(first).not.toSee('audit.trail');
  });

  test('names row, actor, statement, policy and rule of a row that is not seen', async () => {
    const message = await messageOf(expect(second).toSee('app.notes', { rows: [note(0)] }));
    expect(message).toContain(`second does not see row ${note(0)} of app.notes`);
    expect(message).toContain('statement SELECT "row"."id"::text AS key FROM app.notes AS "row" ORDER BY 1');
    expect(message).toContain('by        policy "notes_tenant" on app.notes');
    expect(message).toContain(`as        notes_user with app.tenant = '${second.actor.attributes.tenant}'`);
    expect(message).toContain('says      A tenant reads its own notes.');
    expect(message).toMatch(/rule {6}.*notes\/rules\.ts:10$/m);
    expect(message).toContain('SET LOCAL SESSION AUTHORIZATION "notes_user";');
  });

  test('names a row that is seen and should not be, and counts', async () => {
    expect(await messageOf(expect(first).toSee('app.notes', { rows: own.slice(1) }))).toContain(
      `first sees row ${note(0)} of app.notes, and should not`,
    );
    expect(await messageOf(expect(first).toSee('app.notes', { rows: 9 }))).toMatch(
      /first sees 10 rows of app.notes\n {2}expected {2}9 rows\n {2}actual {4}10 rows: /,
    );
    expect(await messageOf(expect(first).not.toSee('app.notes'))).toContain('not at least 1 row');
    expect(await messageOf(expect(first).toSee('audit.trail'))).toContain('42501 by privilege');
  });

  test('refuses what is a mistake of the test', async () => {
    expect(await messageOf(expect(first).toSee('app.nothing'))).toContain('no rules for app.nothing');
    expect(await messageOf(expect(first).not.toSee('app.notes', { where: 'oops' }))).toContain('42703');
    expect(await messageOf(expect('first').toSee('app.notes'))).toContain('that is no actor');
    expect(() => db.as('nobody')).toThrow('no actor nobody; use one of anonymous, first, second');
  });
});

describe('toBeDenied', () => {
  test('tells by what', async () => {
    const insert = 'INSERT INTO app.notes (tenant, body) VALUES ($1, $2)';
    await expect(first.query(insert, [second.actor.attributes.tenant, 'x'])).toBeDenied('policy');
    await expect(first.query('TRUNCATE app.notes')).toBeDenied('privilege');
    await expect(first.query("UPDATE app.notes SET body = ''")).toBeDenied('guard');
    await expect(first.query('DELETE FROM app.notes WHERE id = $1', [note(1)])).toBeDenied('rows');
    await expect(anonymous.query('DELETE FROM app.notes')).toBeDenied();
    await expect(first.query('DELETE FROM app.notes')).not.toBeDenied();
  });

  test('names the rows, the statement, the policy and the rule of what was done', async () => {
    const message = await messageOf(expect(first.query('DELETE FROM app.notes')).toBeDenied('policy'));
    expect(message).toContain(
      'first was not denied\n  expected  denied by policy\n  actual    done, 10 rows',
    );
    expect(message).toContain(`row       ${[...own].sort()[0]} and 9 more`);
    expect(message).toContain('statement DELETE FROM app.notes');
    expect(message).toContain('policy "notes_tenant"');
    expect(message).toMatch(/rule {6}.*notes\/rules\.ts:\d+$/m);
    expect(message).toContain('DELETE FROM app.notes; -- expected: denied');
  });

  test('is not content with another denial, a constraint or a mistake', async () => {
    const given = await messageOf(expect(first.query('TRUNCATE app.notes')).toBeDenied('policy'));
    expect(given).toContain('first was denied by privilege, not by policy');
    const nothing = () => first.query('UPDATE app.notes SET body = NULL');
    expect(await messageOf(expect(nothing()).toBeDenied())).toContain('no fair try');
    expect(await messageOf(expect(nothing()).not.toBeDenied())).toContain('23502');
    expect(await messageOf(expect(first.query('DELETE FROM')).toBeDenied())).toContain('42601');
  });

  test('wants the statement, not its result', async () => {
    const statement = first.query('DELETE FROM app.notes');
    await statement;
    expect(await messageOf(expect(statement).toBeDenied())).toContain('sent before the matcher could look');
    expect(await messageOf(expect(undefined).toBeDenied())).toContain('do not await it');
  });
});

describe('toBeAudited', () => {
  const table = 'app.notes';

  test('holds for one right record for each row', async () => {
    await expect(
      first.query('INSERT INTO app.notes (tenant, body) VALUES ($1, $2)', [
        first.actor.attributes.tenant,
        'x',
      ]),
    ).toBeAudited({ table, action: 'INSERT' });
    const update = "UPDATE app.notes SET body = body || '.' WHERE id = ANY ($1)";
    await expect(first.query(update, [[note(0), note(3)]])).toBeAudited({
      table,
      action: 'UPDATE',
      key: [note(3), note(0)],
    });
    await expect(first.query(update, [[note(0)]])).toBeAudited({ table, action: 'UPDATE', key: note(0) });
    await expect(first.query('DELETE FROM app.notes')).toBeAudited({ table, action: 'DELETE' });
  });

  test('holds not for a change of ignored columns alone, and for none', async () => {
    await expect(first.query('UPDATE app.notes SET seen = seen + 1')).not.toBeAudited({
      table,
      action: 'UPDATE',
    });
    const none = first.query('DELETE FROM app.notes WHERE id = $1', [note(1)]);
    expect(await messageOf(expect(none).toBeAudited({ table, action: 'DELETE' }))).toContain(
      'DELETE of app.notes by first: it changed no row of app.notes',
    );
  });

  test('names row, actor, statement, trigger and rule when a record is missing', async () => {
    await db.query('ALTER TABLE app.notes DISABLE TRIGGER record_notes');
    const message = await messageOf(
      expect(first.query('DELETE FROM app.notes WHERE id = $1', [note(0)])).toBeAudited({
        table,
        action: 'DELETE',
        key: note(0),
      }),
    );
    expect(message).toContain('DELETE of app.notes by first: 0 records instead of 1');
    expect(message).toContain(`row       ${note(0)}`);
    expect(message).toContain(`statement DELETE FROM app.notes WHERE id = $1 with ["${note(0)}"]`);
    expect(message).toContain('trigger "record_notes" on app.notes');
    expect(message).toContain('trail     audit.trail');
    expect(message).toMatch(/rule {6}.*notes\/rules\.ts:\d+$/m);
  });

  test('notices a wrong actor, doubled records and other rows', async () => {
    await db.query('UPDATE app.notes SET tenant = $1 WHERE id = $2', [
      first.actor.attributes.tenant,
      note(1),
    ]);
    const update = () => first.query("UPDATE app.notes SET body = body || '!' WHERE id = $1", [note(0)]);
    expect(
      await messageOf(expect(update()).toBeAudited({ table, action: 'UPDATE', key: note(3) })),
    ).toContain(`row ${note(3)} is not changed; row ${note(0)} is changed too`);
    expect(await messageOf(expect(update()).not.toBeAudited({ table, action: 'UPDATE' }))).toContain(
      '1 record',
    );
    await db.query(
      'CREATE TRIGGER again AFTER UPDATE ON app.notes FOR EACH ROW EXECUTE FUNCTION audit.record()',
    );
    expect(await messageOf(expect(update()).toBeAudited({ table, action: 'UPDATE' }))).toContain(
      '2 records instead of 1',
    );
    await db.query('DROP TRIGGER again ON app.notes');
    await db.query('ALTER TABLE audit.trail ALTER tenant SET DEFAULT NULL');
    await db.query(
      'CREATE FUNCTION audit.forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.tenant := NULL; RETURN NEW; END $$',
    );
    await db.query(
      'CREATE TRIGGER forget BEFORE INSERT ON audit.trail FOR EACH ROW EXECUTE FUNCTION audit.forget()',
    );
    expect(await messageOf(expect(update()).toBeAudited({ table, action: 'UPDATE' }))).toContain(
      `record.tenant is NULL instead of ${first.actor.attributes.tenant}`,
    );
  });

  test('refuses what is not audited or failed', async () => {
    const statement = first.query('DELETE FROM app.notes');
    expect(
      await messageOf(expect(statement).toBeAudited({ table: 'audit.trail', action: 'DELETE' })),
    ).toContain('no audit rules for audit.trail');
    expect(await messageOf(expect(statement).toBeAudited({ table, action: 'INSERT' }))).toContain('no row');
    const failed = first.query('TRUNCATE app.notes');
    expect(await messageOf(expect(failed).toBeAudited({ table, action: 'DELETE' }))).toContain(
      'it failed: 42501',
    );
  });
});
