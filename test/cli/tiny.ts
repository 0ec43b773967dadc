import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const migration = `
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tiny_user') THEN CREATE ROLE tiny_user LOGIN; END IF;
END $$;
CREATE SCHEMA app;
CREATE TABLE app.notes (id integer PRIMARY KEY, owner integer NOT NULL, body text);
ALTER TABLE app.notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE FUNCTION app.me() RETURNS integer LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('app.id', true), '')::integer $$;
CREATE POLICY own ON app.notes FOR SELECT TO tiny_user USING (owner = app.me());
GRANT USAGE ON SCHEMA app TO tiny_user;
GRANT SELECT ON app.notes TO tiny_user;
`;

/** Pieces of the tiny design; each is source text. */
const pieces = {
  where: `'"row".owner = actor.id'`,
  table: `'app.notes'`,
  rows: '() => 6',
  owner: '(cell) => 1 + (cell.row % 2)',
  claims: '',
  role: `'tiny_user'`,
  more: '',
};

/** Writes a design of one table into a folder, as a user's project would hold it, and gives the path of its file. */
export function writeTiny(
  folder: string,
  changed: Partial<typeof pieces> = {},
  sql: (sql: string) => string = (text) => text,
): string {
  const { where, table, rows, owner, claims, role, more } = { ...pieces, ...changed };
  mkdirSync(join(folder, 'migrations'), { recursive: true });
  writeFileSync(join(folder, 'migrations', '001_notes.sql'), sql(migration));
  const file = join(folder, 'design.ts');
  writeFileSync(
    file,
    `import { accessClaims, type AccessRules, defineDesign } from 'pgattest';

const never = { says: 'Nobody.', never: 'privilege' } as const;
const access: AccessRules[] = [
  {
    table: ${table}, key: ['id'], select: { says: 'One reads one’s own.', by: ['own'], where: ${where} },
    insert: never, update: never, delete: never,
  },
];

export default defineDesign({
  name: 'tiny',
  title: 'A table of notes',
  source: { file: 'tiny.md' },
  postgres: { version: 15, settings: {} },
  topology: { replicas: 0 },
  migrations: './migrations',
  schemas: ['app'],
  request: {
    role: ${role},
    attributes: { id: 'int4' },
    session: (actor) => (actor.attributes.id == null ? {} : { 'app.id': actor.attributes.id }),
  },
  logins: ['tiny_user'],
  actors: () => ({
    anonymous: { says: 'nobody', attributes: { id: null } },
    one: { says: 'the first', attributes: { id: '1' } },
  }),
  data: { tables: [{ table: 'app.notes', rows: ${rows}, columns: { id: (cell) => cell.row, owner: ${owner} } }] },
  access,
  targets: {},
  claims: [
    ...accessClaims(access, { prefix: 'tiny', file: 'tiny.md', controls: [] }),
    ${claims}
  ],
  ${more}
});
`,
  );
  return file;
}
