import {
  type AccessRules,
  type Claim,
  type Design,
  defineDesign,
  type NeverRule,
} from '../../../src/index.ts';

const nobody: NeverRule = { says: 'Nobody.', never: 'privilege' };
const access: readonly AccessRules[] = [
  {
    table: 'notes.note',
    key: ['id'],
    select: { says: 'One’s own.', where: '"row".owner = actor.id' },
    insert: nobody,
    update: nobody,
    delete: nobody,
  },
];

const claim = (id: string, check: NonNullable<Claim['check']>): Claim => ({
  id: `notes.topology.${id}`,
  says: `The servers are right: ${id}.`,
  source: { file: 'notes.md' },
  controls: [],
  family: 'topology',
  check,
});

/** One table, and every kind of server around it. */
export const notes: Design = defineDesign({
  name: 'notes',
  title: 'Notes on several servers',
  source: { file: 'notes.md' },
  postgres: { version: 15, settings: { max_connections: 60 } },
  topology: {
    replicas: 2,
    synchronous: 1,
    pooler: { mode: 'transaction', maxClients: 300, poolSize: 5, writer: 'notes', reader: 'notes_ro' },
    archive: { timeout: '60s' },
  },
  migrations: new URL('./migrations/', import.meta.url),
  config: new URL('./config/', import.meta.url),
  schemas: ['notes'],
  request: {
    role: 'notes_app',
    attributes: { id: 'uuid' },
    session: ({ attributes }) => (attributes.id == null ? {} : { 'app.user': attributes.id }),
  },
  logins: ['notes_app'],
  actors: (ids) => ({
    anonymous: { says: 'nobody', attributes: { id: null } },
    anna: { says: 'who has notes', attributes: { id: ids.uuid('notes.person', 0) } },
    bob: { says: 'who has others', attributes: { id: ids.uuid('notes.person', 1) } },
  }),
  data: {
    tables: [
      {
        table: 'notes.note',
        rows: () => 20,
        columns: {
          id: (cell) => cell.uuid('notes.note', cell.row),
          owner: (cell) => cell.uuid('notes.person', cell.row % 2),
          body: (cell) => `note ${cell.row}`,
        },
      },
    ],
  },
  access,
  targets: {},
  claims: [
    claim('replicas', { kind: 'topology.replicas', count: 2 }),
    claim('lag', { kind: 'topology.lag', belowMs: 1000, seconds: 1 }),
    claim('lag-seen', {
      kind: 'topology.lag-seen',
      file: 'lag.sql',
      replica: 'replica',
      behind: 'behind',
    }),
    claim('routing', { kind: 'topology.read-only-routing' }),
    claim('entry', { kind: 'topology.entry', entry: 'notes', servers: ['primary'] }),
    claim('clients', {
      kind: 'topology.pooled-clients',
      mode: 'transaction',
      clients: 300,
      serverConnections: 5,
    }),
    claim('isolation', { kind: 'topology.pooler-isolation' }),
    claim('tls', { kind: 'topology.tls' }),
    claim('archive', { kind: 'topology.archive' }),
    claim('takeover', { kind: 'topology.takeover', losesMs: 60_000 }),
    claim('takeover-lossless', { kind: 'topology.takeover', synchronous: true }),
    claim('synchronous', { kind: 'topology.synchronous', replicas: 1 }),
    claim('synchronous-two', { kind: 'topology.synchronous', replicas: 2 }),
  ],
});
