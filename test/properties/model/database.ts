import type { Expression } from './expression.ts';
import type { Command, Scene } from './scene.ts';
import { domains, type Helper, helpers, type Row, sqlTypes } from './types.ts';
import { inPolicy, literal, write } from './write.ts';

export const role = 'p_user';

/** SQL that makes the scene's schema anew. */
export function databaseOf(scene: Scene): string {
  return [
    'DROP SCHEMA IF EXISTS p CASCADE',
    'CREATE SCHEMA p',
    `GRANT USAGE ON SCHEMA p TO ${role}`,
    `CREATE TYPE p.status AS ENUM (${domains.status
      .filter((value) => value !== null)
      .map(literal)
      .join(', ')})`,
    ...madeHelpers(scene).flatMap((name) => helperTable(scene, name)),
    `CREATE TABLE p.main (id integer PRIMARY KEY, ${scene.columns
      .map(({ name, type }) => `${name} ${sqlTypes[type]}${type === 'link' ? ' REFERENCES p.link' : ''}`)
      .join(', ')}, note text)`,
    insert('main', scene.rows),
    'ALTER TABLE p.main ENABLE ROW LEVEL SECURITY',
    `GRANT SELECT, INSERT, UPDATE (${settable(scene).join(', ')}), DELETE ON p.main TO ${role}`,
    ...policiesOf(scene),
  ].join(';\n');
}

/** What an UPDATE may set: all but the key. */
export const settable = ({ columns }: Scene): readonly string[] => [
  ...columns.map(({ name }) => name),
  'note',
];

/** Tables that rules look up, and may be read in full unless the scene says otherwise. */
export function madeHelpers(scene: Scene): readonly Helper[] {
  return (['link', 'member'] as const).filter((name) =>
    name === 'link' && scene.columns.some(({ type }) => type === 'link') ? true : scene.used.includes(name),
  );
}

export const ownerColumn: Readonly<Record<Helper, string>> = { link: 'owner', member: 'person' };

function helperTable(scene: Scene, name: Helper): readonly string[] {
  const columns = Object.entries(helpers[name]).map(
    ([column, type]) => `${column} ${sqlTypes[type]}${column === 'id' ? ' PRIMARY KEY' : ''}`,
  );
  const own = `${ownerColumn[name]} = ${inPolicy.actor('id')}`;
  return [
    `CREATE TABLE p.${name} (${columns.join(', ')})`,
    insert(name, scene.tables[name]),
    `ALTER TABLE p.${name} ENABLE ROW LEVEL SECURITY`,
    `CREATE POLICY ${name}_read ON p.${name} FOR SELECT USING (${scene.helpersHide ? own : 'true'})`,
    `GRANT SELECT ON p.${name} TO ${role}`,
  ];
}

function insert(table: string, rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lists = rows.map((row) => `(${names.map((name) => literal(row[name] ?? null)).join(', ')})`);
  return `INSERT INTO p.${table} (${names.join(', ')}) VALUES ${lists.join(', ')}`;
}

function policiesOf({ command, policies, layout }: Scene): readonly string[] {
  const several = layout === 'several policies';
  const own =
    command === 'UPDATE'
      ? [
          policy(
            'update',
            'UPDATE',
            `USING (${write(policies.using, inPolicy)}) WITH CHECK (${write(policies.check, inPolicy)})`,
          ),
        ]
      : split(command, policies.using, several);
  return command === 'SELECT' ? own : [...own, ...split('SELECT', policies.seen, several)];
}

/** One policy, or one for each part of an OR; of an AND, the first part's and restrictive ones. */
function split(command: Command, condition: Expression, several: boolean): readonly string[] {
  const clause = (each: Expression) =>
    `${command === 'INSERT' ? 'WITH CHECK' : 'USING'} (${write(each, inPolicy)})`;
  if (!several || (condition.kind !== 'or' && condition.kind !== 'and'))
    return [policy(command.toLowerCase(), command, clause(condition))];
  return condition.parts.map((part, index) =>
    policy(
      `${command.toLowerCase()}_${index + 1}`,
      command,
      clause(part),
      condition.kind === 'and' && index > 0 ? ' AS RESTRICTIVE' : '',
    ),
  );
}

function policy(name: string, command: Command, clauses: string, kind = ''): string {
  return `CREATE POLICY main_${name} ON p.main${kind} FOR ${command} TO ${role} ${clauses}`;
}
