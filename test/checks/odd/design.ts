import {
  type AccessRules,
  type AuditRules,
  accessClaims,
  auditClaims,
  type Design,
  defineDesign,
  type NeverRule,
} from '../../../src/index.ts';

const nobody: NeverRule = { says: 'Nobody.', never: 'privilege' };
const own = { says: 'One’s own.', by: ['own'], where: '"row".owner = actor.id' };

function table(name: string, more: Partial<AccessRules> = {}): AccessRules {
  return {
    table: `odd.${name}`,
    key: ['id'],
    select: own,
    insert: nobody,
    update: nobody,
    delete: nobody,
    ...more,
  };
}
const adds = (columns: readonly string[]): AccessRules['insert'] => ({
  says: 'One’s own.',
  columns,
  where: '"new".owner = actor.id',
});

const access: readonly AccessRules[] = [
  table('always', { insert: adds(['owner']), try: { owner: ['1', '2'] } }),
  table('short', { insert: adds(['id', 'owner', 'code']), try: { owner: ['1', '2'] } }),
  table('made', { insert: adds(['id', 'owner']), try: { owner: ['1', '2'] } }),
  table('totals', { key: ['owner'], select: nobody }),
  table('bare'),
  table('lonely'),
  table('endless', { select: nobody }),
  table('trail', { key: ['key'], select: nobody }),
];

const audit: AuditRules = {
  trail: {
    table: 'odd.trail',
    key: ['key'],
    tableName: 'record.tbl',
    recordId: 'record.key',
    action: 'record.action',
    actor: 'record.who',
    oldValues: 'record.old',
    newValues: 'record.new',
    changedFields: 'record.fields',
    at: 'record.at',
  },
  guards: [],
  actorAttribute: 'id',
  tables: [
    {
      table: 'odd.always',
      name: 'always',
      key: 'id',
      says: 'Each change is recorded.',
      secret: [],
      ignored: [],
      change: { column: 'owner', to: '"row".owner + 1' },
      triggers: ['note', 'note_all'],
    },
  ],
};

const frame = { prefix: 'odd', file: 'odd.md', controls: [] };
const owner = (row: number) => 1 + (row % 2);

/** What designs do now and then, and what a check must not stumble over. */
export const odd: Design = defineDesign({
  name: 'odd',
  title: 'What designs do now and then',
  source: { file: 'odd.md' },
  postgres: { version: 15, settings: {} },
  topology: { replicas: 0 },
  migrations: new URL('./migrations/', import.meta.url),
  schemas: ['odd'],
  request: {
    role: 'odd_user',
    attributes: { id: 'integer' },
    session: (actor) => (actor.attributes.id == null ? {} : { 'odd.id': actor.attributes.id }),
  },
  logins: ['odd_user'],
  actors: () => ({
    anonymous: { says: 'nobody', attributes: { id: null } },
    one: { says: 'the first', attributes: { id: '1' } },
    two: { says: 'the second', attributes: { id: '2' } },
  }),
  data: {
    tables: [
      {
        table: 'odd.always',
        rows: () => 6,
        columns: { id: (cell) => cell.row + 1, owner: (cell) => owner(cell.row) },
      },
      {
        table: 'odd.short',
        rows: () => 6,
        columns: { id: (cell) => cell.row, owner: (cell) => owner(cell.row), code: (cell) => `c${cell.row}` },
      },
      {
        table: 'odd.made',
        rows: () => 6,
        columns: { id: (cell) => cell.row, owner: (cell) => owner(cell.row) },
      },
      { table: 'odd.lonely', rows: () => 3, columns: { id: (cell) => cell.row, owner: () => 1 } },
    ],
    after: [`SELECT setval(pg_get_serial_sequence('odd.always', 'id'), 100)`],
  },
  access,
  audit,
  targets: {},
  claims: [
    ...accessClaims(access, frame),
    ...auditClaims(audit, frame, [1, 1]),
    {
      id: 'odd.structure.endless',
      says: 'Partitions reach far enough.',
      source: { file: 'odd.md' },
      controls: [],
      family: 'structure',
      check: { kind: 'structure.partitions-ahead', table: 'odd.endless', ahead: '1 year' },
    },
  ],
});

const { audit: _, ...rest } = odd;

/** Migrations that make nothing at all. */
export const empty: Design = defineDesign({
  ...rest,
  name: 'empty',
  migrations: new URL('./empty/', import.meta.url),
  schemas: ['public'],
  request: { ...odd.request, role: 'postgres' },
  data: { tables: [] },
  access: [],
  claims: ['row-security', 'definer-functions'].map((id) => ({
    id: `empty.${id}`,
    says: 'It holds.',
    source: { file: 'empty.md' },
    controls: [],
    family: 'structure' as const,
    check: { kind: `structure.${id}` },
  })),
});
