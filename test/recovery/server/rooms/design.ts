import { type AccessRules, type Design, defineDesign, type NeverRule } from '../../../../src/index.ts';

const nobody: NeverRule = { says: 'Nobody.', never: 'privilege' };
const closed = (table: string, key: readonly string[]): AccessRules => ({
  table,
  key,
  select: nobody,
  insert: nobody,
  update: nobody,
  delete: nobody,
});

const tenants = 4;

/** Rooms of tenants, and what is booked: keys, an identity, a generated column, rows whose tenant another row says. */
export const rooms: Design = defineDesign({
  name: 'rooms',
  title: 'Rooms of several tenants',
  source: { file: 'rooms.md' },
  postgres: { version: 15, settings: { max_connections: 60, shared_buffers: '64MB' } },
  topology: { replicas: 1, synchronous: 1, archive: { timeout: '60s' } },
  migrations: new URL('./', import.meta.url),
  schemas: ['rooms'],
  request: {
    role: 'rooms_app',
    attributes: { tenant: 'uuid' },
    session: ({ attributes }) => (attributes.tenant == null ? {} : { 'app.tenant': attributes.tenant }),
  },
  logins: ['rooms_app'],
  actors: (ids) => ({
    anonymous: { says: 'nobody', attributes: { tenant: null } },
    anna: { says: 'of the first tenant', attributes: { tenant: ids.uuid('rooms.tenant', 0) } },
  }),
  data: {
    tables: [
      {
        table: 'rooms.tenant',
        rows: () => tenants,
        columns: { id: (cell) => cell.uuid('rooms.tenant', cell.row), name: (cell) => `tenant ${cell.row}` },
      },
      {
        table: 'rooms.room',
        rows: () => 40,
        columns: {
          id: (cell) => cell.row + 1,
          tenant_id: (cell) => cell.uuid('rooms.tenant', cell.row % tenants),
          seats: (cell) => cell.row,
        },
      },
      {
        table: 'rooms.booking',
        rows: () => 2_000,
        columns: {
          room_id: (cell) => (cell.row % 40) + 1,
          day: (cell) => `2026-01-${String((cell.row % 28) + 1).padStart(2, '0')}`,
          // Some twice over: rows without a key may be alike.
          note: (cell) => (cell.row % 3 === 0 ? null : { by: `person ${cell.row % 7}` }),
        },
      },
    ],
    after: ["SELECT setval(pg_get_serial_sequence('rooms.room', 'id'), 40)"],
  },
  access: [
    closed('rooms.tenant', ['id']),
    {
      ...closed('rooms.room', ['id']),
      select: { says: 'Rooms of one’s own tenant.', where: '"row".tenant_id = actor.tenant' },
    },
    closed('rooms.booking', ['room_id', 'day', 'note']),
    closed('rooms.change', ['id']),
  ],
  tenancy: {
    tables: {
      'rooms.tenant': '"row".id::text',
      'rooms.room': '"row".tenant_id::text',
      'rooms.booking': '(SELECT r.tenant_id::text FROM rooms.room AS r WHERE r.id = "row".room_id)',
    },
    actorTenants: 'SELECT actor.tenant::text',
  },
  targets: { rpo: '5min', rto: '30min' },
  claims: [
    {
      id: 'rooms.restored',
      says: 'What is lost comes back.',
      source: { file: 'rooms.md' },
      controls: [],
      family: 'topology',
      unproved: 'only tried here',
    },
  ],
});
