import { describeShapes } from './expect-shape.ts';
import { all, type Broken, type Shape } from './shape.ts';

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** A table of a tenant under any names. */
function named(
  says: string,
  table: string,
  key: string,
  tenant: string,
  columns: readonly string[],
  short: NonNullable<Shape['short']> = [],
): Shape {
  const at = `s.${quote(table)}`;
  const own = `${quote(tenant)} = s.tenant()`;
  const rule = (alias: string) => `"${alias}".${quote(tenant)} = actor.tenant`;
  const settable = [tenant, ...columns];
  const widened = (claim: string): Broken => ({
    says: `the policy lets everything through, ${claim}`,
    sql: `ALTER POLICY ${quote(table)} ON ${at} USING (true) WITH CHECK (true)`,
    claim: `${id(table)}.${claim}`,
    object: /./,
  });
  return {
    says,
    sql: `
      CREATE TABLE ${at} (${quote(key)} integer PRIMARY KEY, ${quote(tenant)} integer NOT NULL, ${columns.map((name) => `${quote(name)} text`).join(', ')});
      INSERT INTO ${at} SELECT n, 1 + n % 2, ${columns.map((_, n) => `'v${n}' || n`).join(', ')} FROM generate_series(1, 8) AS n;
      ALTER TABLE ${at} ENABLE ROW LEVEL SECURITY;
      CREATE POLICY ${quote(table)} ON ${at} TO s_user USING (${own}) WITH CHECK (${own});
      GRANT SELECT, INSERT, UPDATE (${settable.map(quote).join(', ')}), DELETE ON ${at} TO s_user;`,
    access: [
      {
        table: /^[a-z_]+$/.test(table) && !reserved.has(table) ? `s.${table}` : at,
        key: [key],
        select: { says: 'Those of the tenant.', where: rule('row') },
        insert: { says: 'Those of the tenant.', where: rule('new') },
        update: { says: 'Those of the tenant.', columns: settable, where: rule('old'), to: rule('new') },
        delete: { says: 'Those of the tenant.', where: rule('row') },
        try: { [tenant]: ['1', '2'] },
      },
    ],
    proved: all(id(table)).filter((claim) => !short.some((each) => each.claim === claim)),
    short,
    broken: ['select', 'insert', 'update', 'delete']
      .filter((command) => !short.some(({ claim }) => claim === `${id(table)}.${command}`))
      .map(widened),
  };
}

const reserved = new Set(['user', 'row']);
const id = (table: string) =>
  table
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');

/** 63 bytes, the longest that PostgreSQL keeps, in 32 characters. */
const long = `x${'é'.repeat(31)}`;

describeShapes([
  named('reserved words', 'user', 'order', 'group', ['select', 'table', 'default', 'null', 'ctid x', 'all']),
  named('names of aliases', 'row', 'key', 'tenant', ['row', 'old', 'new', 'actor', 't', 'j', 'col', 'label']),
  named('names that statements use', 'template', 'vector', 'digest', [
    'rows',
    'grp',
    'n',
    's',
    'v',
    'xid',
    'value',
    'template',
  ]),
  named('names of other aliases', 'changes', 'id', 'chosen', [
    'patch',
    'change',
    'picked',
    'source',
    'own',
    'there',
    'excluded',
    'vals',
  ]),
  named('63 bytes beyond ASCII', long, `${long.slice(0, -1)}k`, `${long.slice(0, -1)}t`, [
    long,
    '表',
    'a\tb',
    "it's",
    'a"b',
    '%I',
    '$1',
    ' ',
  ]),
]);
