import { beforeAll, describe, expect, test } from 'vitest';
import type { Catalog, Routine } from '../../src/catalog/catalog.ts';
import { loadParser } from '../../src/checks/access/predicate.ts';
import { asksForNoRights } from '../../src/mutation/own-rights.ts';
import { loadPlPgSql } from '../../src/mutation/plpgsql.ts';

beforeAll(loadParser);
beforeAll(loadPlPgSql);

const catalog = { functions: [{ name: 'own', schema: 'app', identity: 'app.own()' }] } as unknown as Catalog;
const pinned = { settings: ['search_path=pg_catalog, pg_temp'] } as unknown as Routine;

const trigger = (body: string) =>
  `CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$`;
const asked = (body: string, routine = pinned) => asksForNoRights(catalog, routine, trigger(body));

describe('whose rights a function has makes no difference', () => {
  test.each([
    'NEW.updated_at := now(); RETURN NEW;',
    "RAISE EXCEPTION '% refused', TG_OP;",
    "IF upper(NEW.name) = 'A' THEN RETURN NULL; END IF; RETURN NEW;",
  ])('when it only looks at the row: %s', (body) => expect(asked(body)).toMatch(/reads no table/));

  test.each([
    'PERFORM FROM app.t; RETURN NEW;',
    'INSERT INTO app.t VALUES (1); RETURN NEW;',
    'UPDATE app.t SET a = 1; RETURN NEW;',
    'DELETE FROM app.t; RETURN NEW;',
    'REFRESH MATERIALIZED VIEW app.v; RETURN NEW;',
    "EXECUTE 'DELETE FROM app.t'; RETURN NEW;",
    'PERFORM app.own(); RETURN NEW;',
    'NEW.by := current_user; RETURN NEW;',
    "IF has_table_privilege('app.t', 'SELECT') THEN RETURN NULL; END IF; RETURN NEW;",
  ])('which is not said of: %s', (body) => expect(asked(body)).toBeUndefined());

  test('nor where the caller says what its names mean', () =>
    expect(asked('RETURN NEW;', { settings: [] } as unknown as Routine)).toBeUndefined());
});
