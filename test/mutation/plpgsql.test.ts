import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../src/checks/access/predicate.ts';
import { loadPlPgSql, takeApart } from '../../src/mutation/plpgsql.ts';
import { parseExpression, textOf } from '../../src/mutation/tree.ts';

beforeAll(async () => {
  await loadParser();
  await loadPlPgSql();
});

const apart = (body: string) =>
  takeApart(`CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $f$${body}$f$`, body);

/** The body with one condition changed to `false`. */
const withFalse = (body: string, nth = 0) => apart(body).embedded[nth]?.with(parseExpression('false'));

describe('a body of PL/pgSQL', () => {
  test('gives its expressions with what they are to their statement', () => {
    const { embedded } = apart(`
DECLARE
  known boolean := NEW.a = 1;
BEGIN
  IF NOT known THEN
    RETURN NEW;
  ELSIF NEW.b > 2 THEN
    NEW.c := NEW.d + 1;
  END IF;
  RETURN known;
END`);
    expect(embedded.map(({ role, tree }) => [role, textOf(tree)])).toEqual([
      ['value', 'new.a = 1'],
      ['condition', 'NOT (known)'],
      ['condition', 'new.b > 2'],
      ['value', 'new.d + 1'],
    ]);
  });

  test('has one of them put in place of another, and nothing else changed', () => {
    expect(withFalse("BEGIN IF a = 'é;' THEN RETURN NULL; END IF; /* a = 'é;' */ END")).toBe(
      "BEGIN IF false THEN RETURN NULL; END IF; /* a = 'é;' */ END",
    );
  });

  test('is not changed in a comment or a text that looks the same', () => {
    const body = "\nBEGIN -- a = 1\nPERFORM f('a = 1'); IF a = 1 THEN NULL; END IF; END";
    const { embedded } = apart(body);
    const [condition] = embedded.filter(({ role }) => role === 'condition');
    expect(condition?.with(parseExpression('false'))).toBe(
      "\nBEGIN -- a = 1\nPERFORM f('a = 1'); IF false THEN NULL; END IF; END",
    );
  });

  test('tells two that look the same apart', () => {
    const body = 'BEGIN IF a THEN NULL; END IF; IF a THEN NULL; END IF; END';
    expect(withFalse(body, 0)).toBe('BEGIN IF false THEN NULL; END IF; IF a THEN NULL; END IF; END');
    expect(withFalse(body, 1)).toBe('BEGIN IF a THEN NULL; END IF; IF false THEN NULL; END IF; END');
  });

  test('keeps INTO, which the parser takes out of a statement', () => {
    const body = 'DECLARE x int; BEGIN SELECT a INTO STRICT x FROM t WHERE b = 1; END';
    const [statement] = apart(body).embedded;
    expect(statement?.with(statement.tree).replace(/\s+/g, ' ')).toBe(
      'DECLARE x int; BEGIN SELECT a FROM t WHERE b = 1 INTO STRICT x; END',
    );
  });

  test('keeps PERFORM, which the parser reads as SELECT', () => {
    const body = 'BEGIN PERFORM f(1) FROM t WHERE b = 1; END';
    const [statement] = apart(body).embedded;
    expect(statement?.with(statement.tree).replace(/\s+/g, ' ')).toBe(
      'BEGIN PERFORM f(1) FROM t WHERE b = 1; END',
    );
  });

  test('gives what can be left out: writes, PERFORM and RAISE EXCEPTION', () => {
    const body = `BEGIN
  INSERT INTO log (a) VALUES ('x;') RETURNING a INTO NEW.a;
  PERFORM f(1);
  RAISE NOTICE 'n';
  RAISE EXCEPTION 'no; %', NEW.id USING ERRCODE = 'insufficient_privilege';
END`;
    const { omittable } = apart(body);
    expect(omittable.map(({ kind }) => kind).sort()).toEqual(['perform', 'raise', 'write']);
    const without = (kind: string) => omittable.find((one) => one.kind === kind)?.without;
    expect(without('write')).toContain('BEGIN\n  NULL;\n  PERFORM f(1);');
    expect(without('raise')).toContain("RAISE NOTICE 'n';\n  NULL;\nEND");
    expect(without('perform')).toContain('NULL;\n  RAISE NOTICE');
  });
});
