import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/design/config-error.ts';
import { validateDesign } from '../../src/design/validate.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'validate-'));
  mkdirSync(join(folder, 'migrations'));
  writeFileSync(join(folder, 'migrations', '001.sql'), 'SELECT 1;');
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'empty', 'README.md'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const never = { says: 'nobody', never: 'privilege' };
const rules = (table: string) => ({
  table,
  key: ['id'],
  select: never,
  insert: never,
  update: never,
  delete: never,
});
const claim = (id: string) => ({
  id,
  says: 'It holds.',
  source: { file: 'design.md', lines: [1, 2] },
  controls: [],
  family: 'structure',
  check: { kind: 'structure.row-security' },
});

function valid() {
  return {
    name: 'shop',
    title: 'A shop',
    source: { file: 'design.md' },
    postgres: { version: 15, settings: { work_mem: '4MB', max_connections: 100 } },
    topology: {
      replicas: 1,
      pooler: { mode: 'transaction', maxClients: 100, poolSize: 5, writer: 'app' },
      archive: { timeout: '60s' },
    },
    migrations: 'migrations' as unknown,
    schemas: ['app'],
    request: { role: 'app', attributes: { id: 'uuid' }, session: () => ({}) },
    logins: ['app'],
    actors: () => ({}),
    data: { tables: [{ table: 'app.a', rows: () => 1, columns: { id: () => 1 } }] },
    access: [rules('app.a'), rules('app.b')],
    targets: { rpo: '5min' },
    claims: [claim('shop.a'), claim('shop.b')],
  };
}

type Draft = ReturnType<typeof valid>;

/** The message for a design with one thing changed: `file: what; what to do`. */
function messageOf(change: (draft: Draft) => unknown): string {
  const draft = valid();
  const value = change(draft) ?? draft;
  try {
    validateDesign(value, join(folder, 'design.ts'));
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message.replaceAll(folder, '');
  }
  throw new Error('it was accepted');
}

/** Sets a value at a path such as `access.0.select.where`. */
function put(draft: object, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let at = draft as Record<string, unknown>;
  for (const name of names) at = at[name] as Record<string, unknown>;
  at[last] = value;
}

describe('what is right', () => {
  test('comes back with an absolute folder and its file', () => {
    const file = join(folder, 'design.ts');
    expect(validateDesign(valid(), file)).toMatchObject({
      migrations: [join(folder, 'migrations')],
      file,
      name: 'shop',
    });
  });

  test('may give its migrations as a URL', () => {
    const url = pathToFileURL(join(folder, 'migrations'));
    expect(validateDesign({ ...valid(), migrations: url }, '/elsewhere/design.ts').migrations).toEqual([
      join(folder, 'migrations'),
    ]);
  });
});

describe('each mistake: file, path in it, what to do, on one line', () => {
  test.each<[string, string, unknown]>([
    ['colour', 'colour: unknown key', 1],
    ['postgres.port', 'postgres.port: unknown key', 5432],
    ['topology.pooler.size', 'topology.pooler.size: unknown key', 5],
    ['access.1.sekret', 'access[1].sekret: unknown key', ['x']],
    ['request.rôle', 'request.rôle: unknown key', 'x'],
    ['claims.1.control', 'claims[1].control: unknown key', []],
    ['data.tables.0.row', 'data.tables[0].row: unknown key', 1],
  ])('unknown key %s', (path, expected, value) => {
    const message = messageOf((draft) => put(draft, path, value));
    expect(message).toBe(`/design.ts: ${expected}; remove it, or see docs/design.md for what a design holds`);
  });

  test.each<[string, string, unknown]>([
    ['postgres.version', 'postgres.version: ', 14],
    ['name', 'name: must be lower-case letters, digits, hyphens', 'My Shop'],
    ['topology.replicas', 'topology.replicas: ', -1],
    ['request.session', 'request.session: must be a function', 'x'],
    ['data.tables.0.columns.id', 'data.tables[0].columns.id: must be a function', 7],
    ['schemas', 'schemas: ', []],
    ['access.1.key', 'access[1].key: ', []],
    ['access.0.select', 'access[0].select', { says: 'x' }],
    ['claims.0.id', 'claims[0].id: must be lower-case', 'Shop A'],
    ['claims.1.check', 'claims[1]: needs either a check or', undefined],
    ['claims.1.unproved', 'claims[1]: needs either a check or', 'no check yet'],
    ['claims.0.source.lines', 'claims[0].source.lines', [0, 1]],
    ['claims', 'claims: ', []],
    ['targets.rpo', 'targets.rpo: ', 5],
  ])('wrong value at %s', (path, expected, value) => {
    const message = messageOf((draft) => put(draft, path, value));
    expect(message.startsWith(`/design.ts: ${expected}`), message).toBe(true);
    expect(message).toMatch(/; see docs\/design\.md for what is expected there$/);
    expect(message).not.toContain('\n');
  });

  test('an unknown key inside a rule', () => {
    const message = messageOf((draft) =>
      put(draft, 'access.0.select', { says: 'x', where: 'true', wheer: 'true' }),
    );
    expect(message).toContain('access[0].select.wheer: unknown key');
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a function', () => ({})],
    ['a text', 'design'],
    ['a list', []],
  ])('%s is no design', (_, value) => {
    expect(() => validateDesign(value, '/x/design.ts')).toThrow(
      '/x/design.ts: not a design; export default defineDesign({…})',
    );
  });

  test('two claims of one id', () => {
    const message = messageOf((draft) => void draft.claims.push(claim('shop.a')));
    expect(message).toBe(
      '/design.ts: claims[2].id: shop.a is the id of claims[0] already; give each claim an id of its own',
    );
  });

  test('two sets of rules for one table', () => {
    const message = messageOf((draft) => void draft.access.push(rules('app.b')));
    expect(message).toBe(
      '/design.ts: access[2].table: app.b has rules in access[1] already; say everything about a table in one place',
    );
  });

  test.each([
    [[{ claim: 'shop.z' }], 'waivers[0].claim: no claim shop.z; correct the id, or remove the waiver'],
    [
      [{ claim: 'shop.a' }, { claim: 'shop.a' }],
      'waivers[1].claim: shop.a has a waiver already; keep one of them',
    ],
  ])('waivers %j', (given, expected) => {
    const waivers = given.map((each) => ({ ...each, owner: 'Ada', reason: 'soon', expires: '2026-12-31' }));
    expect(messageOf((draft) => put(draft, 'waivers', waivers))).toBe(`/design.ts: ${expected}`);
  });

  test.each(['tomorrow', '2026-13-01', '2026-12-31T00:00:00Z'])('a waiver until %s', (expires) => {
    const waivers = [{ claim: 'shop.a', owner: 'Ada', reason: 'soon', expires }];
    expect(messageOf((draft) => put(draft, 'waivers', waivers))).toMatch(
      /^\/design\.ts: waivers\[0\]\.expires: /,
    );
  });

  test.each([
    ['missing', 'migrations: no folder /missing; create it, or correct the path'],
    ['migrations/001.sql', 'migrations: no folder /migrations/001.sql; create it, or correct the path'],
    ['empty', 'migrations: no .sql file in /empty; put the schema there'],
  ])('migrations that are %s', (name, expected) => {
    expect(messageOf((draft) => put(draft, 'migrations', name))).toBe(`/design.ts: ${expected}`);
  });
});

test('a ConfigError is one line whatever was said', () => {
  const error = new ConfigError('a.ts', 'first\n   second\r\n third', 'mend it');
  expect(error.message).toBe('a.ts: first second third; mend it');
});
