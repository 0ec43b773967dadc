import { expect, test } from 'vitest';
import { triggerWhen } from '../../src/catalog/trigger-when.ts';

const tail = ' EXECUTE FUNCTION app.f()';

test.each([
  ['a comparison of rows', '((old.* IS DISTINCT FROM new.*))', '(old.* IS DISTINCT FROM new.*)'],
  ['nested parentheses', '((f(old.a) AND (new.b OR (new.c))))', '(f(old.a) AND (new.b OR (new.c)))'],
  ['parentheses in texts', "((new.a = ') EXECUTE'::text))", "(new.a = ') EXECUTE'::text)"],
  ['doubled quotes in texts', "((new.a = 'it''s )('::text))", "(new.a = 'it''s )('::text)"],
  ['parentheses in names', '((new."a "")(" = 1))', '(new."a "")(" = 1)'],
])('finds the condition: %s', (_, clause, condition) => {
  expect(triggerWhen(`CREATE TRIGGER t BEFORE UPDATE ON app.t FOR EACH ROW WHEN ${clause}${tail}`)).toBe(
    condition,
  );
});

test('a name that looks like a condition is none', () => {
  const name = '" FOR EACH ROW WHEN (true) "';
  expect(triggerWhen(`CREATE TRIGGER ${name} AFTER INSERT ON app.t FOR EACH ROW${tail}`)).toBeNull();
  expect(triggerWhen(`CREATE TRIGGER ${name} AFTER INSERT ON app.t FOR EACH ROW WHEN (false)${tail}`)).toBe(
    'false',
  );
});

test('an argument that looks like a condition is none', () => {
  expect(
    triggerWhen(
      "CREATE TRIGGER t AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(' FOR EACH ROW WHEN (true)')",
    ),
  ).toBeNull();
});
