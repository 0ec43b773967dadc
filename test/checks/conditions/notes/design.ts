import { type Design, defineDesign, type Ids, type NeverRule } from '../../../../src/index.ts';

const never: NeverRule = { says: 'Nobody may.', never: 'privilege' };
const closed = { insert: never, update: never, delete: never };
const teamOf = (row: number) => 1 + (row % 2);

/** What no row can decide. */
export const impossible = [
  {
    table: 'notes.notes',
    policy: 'team_notes',
    condition: "state <> 'secret'*",
    never: 'false',
    reason: 'A constraint knows no such state.',
  },
  {
    table: 'notes.notes',
    policy: 'team_notes',
    condition: 'm.user_id = *',
    never: 'false',
    reason: 'Row security of notes.members shows nobody the membership of others.',
  },
];

/** What it takes for the data to decide the rest: hidden notes, and a former member. */
export const missing = [
  `INSERT INTO notes.notes SELECT md5(id::text)::uuid, team, owner, state, true FROM notes.notes`,
  `INSERT INTO notes.members SELECT md5(id::text)::uuid, user_id, 3 - team, false FROM notes.members WHERE team = 1`,
];

/** Two tables, whose data has no note that is hidden, and no member that is inactive. */
export function notes(options: {
  readonly after?: readonly string[];
  readonly declared?: readonly object[];
}): Design {
  return defineDesign({
    name: 'conditions',
    title: 'Notes of teams',
    source: { file: 'notes.md' },
    postgres: { version: 15, settings: { max_connections: 20 } },
    topology: { replicas: 0 },
    migrations: new URL('./', import.meta.url),
    schemas: ['notes'],
    request: {
      role: 'notes_app',
      attributes: { id: 'uuid' },
      session: ({ attributes }) => (attributes.id == null ? {} : { 'app.user': attributes.id }),
    },
    logins: ['notes_app'],
    actors: (ids: Ids) => ({
      anonymous: { says: 'nobody', attributes: { id: null } },
      first: { says: 'of team 1', attributes: { id: ids.uuid('user', 0) } },
      second: { says: 'of team 2', attributes: { id: ids.uuid('user', 1) } },
    }),
    data: {
      tables: [
        {
          table: 'notes.members',
          rows: () => 4,
          columns: {
            id: (cell) => cell.uuid('notes.members', cell.row),
            user_id: (cell) => cell.uuid('user', cell.row),
            team: (cell) => teamOf(cell.row),
            active: () => true,
          },
        },
        {
          table: 'notes.notes',
          rows: () => 16,
          columns: {
            id: (cell) => cell.uuid('notes.notes', cell.row),
            team: (cell) => teamOf(cell.row),
            // Some are of another team than their author.
            owner: (cell) => cell.uuid('user', Math.floor(cell.row / 3) % 4),
            state: (cell) => (cell.row % 4 < 2 ? 'draft' : 'open'),
            hidden: () => false,
          },
        },
      ],
      ...(options.after === undefined ? {} : { after: options.after }),
    },
    access: [
      {
        table: 'notes.members',
        key: ['id'],
        select: { says: 'One sees where one is a member.', where: '"row".user_id = actor.id' },
        ...closed,
      },
      {
        table: 'notes.notes',
        key: ['id'],
        select: {
          says: 'Members see the open notes of the team, and their own, unless hidden.',
          where: `NOT "row".hidden AND ("row".owner = actor.id OR "row".state = 'open')
            AND EXISTS (SELECT FROM notes.members AS mine WHERE mine.user_id = actor.id AND mine.team = "row".team AND mine.active)`,
        },
        ...closed,
      },
    ],
    targets: {},
    claims: [
      {
        id: 'conditions.rls.coverage',
        says: 'The data decides every condition.',
        source: { file: 'notes.md' },
        controls: [],
        family: 'access',
        check: { kind: 'access.coverage', declared: options.declared ?? [] },
      },
    ],
  });
}
