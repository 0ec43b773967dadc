import { type Design, defineDesign, type TableData, type Workload } from '../../../src/index.ts';

export const notes = {
  table: 'app.notes',
  rows: (scale: number) => 2.5 * scale,
  columns: {
    id: (cell) => cell.uuid('app.notes', cell.row),
    owner: (cell) => cell.integer(1, 1000),
    title: (cell) => cell.fake('sentence'),
    made: (cell) => cell.past(30),
    tags: (cell) => [cell.pick(['a', 'b', 'c,d']), null],
    more: (cell) => ({ n: cell.random() }),
    none: () => null,
  },
} satisfies TableData;

const workload: Workload = {
  statements: {
    'note.by-id': { kind: 'read', sql: 'SELECT owner, title FROM app.notes WHERE id = $1' },
    'note.rename': { kind: 'write', sql: 'UPDATE app.notes SET title = $2, tags = $3 WHERE id = $1' },
  },
  transactions: {
    look: (draw) => {
      const note = draw.row(notes, draw.integer(0, draw.count(notes) - 1));
      return {
        actor: { id: String(note.owner) },
        tenant: `t${draw.number % 3}`,
        calls: [
          {
            statement: 'note.by-id',
            values: [note.id],
            rows: 1,
            own: { column: 0, values: [String(note.owner)] },
          },
        ],
      };
    },
    rename: (draw) => ({
      actor: { id: null },
      tenant: 't0',
      calls: [
        {
          statement: 'note.rename',
          values: [draw.uuid('app.notes', 0), draw.random() < 2 ? null : '', ['x', draw.now]],
          rows: { atLeast: 1 },
        },
      ],
    }),
  },
  mixes: { read: { look: 1 }, write: { rename: 1 }, mixed: { look: 3, rename: 1 } },
};

/** What makes a deck; nothing of it is ever run. */
export function smallDesign(changed: Partial<Workload> = {}, more: Partial<Design> = {}): Design {
  return defineDesign({
    name: 'small',
    title: 'Notes',
    source: { file: 'notes.md' },
    postgres: { version: 15, settings: {} },
    topology: { replicas: 0 },
    migrations: new URL('../notes/migrations/', import.meta.url),
    schemas: ['app'],
    request: {
      role: 'app_user',
      attributes: { id: 'int4' },
      session: ({ attributes }) => (attributes.id == null ? {} : { 'app.id': attributes.id }),
    },
    logins: ['app_user'],
    actors: () => ({ anonymous: { says: 'nobody', attributes: { id: null } } }),
    data: { tables: [notes] },
    access: [],
    targets: {},
    workload: { ...workload, ...changed },
    claims: [
      {
        id: 'small.none',
        says: 'None.',
        source: { file: 'notes.md' },
        controls: [],
        family: 'load',
        unproved: 'no',
      },
    ],
    ...more,
  });
}
