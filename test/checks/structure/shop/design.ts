import { type AccessRules, type Design, defineDesign, type NeverRule } from '../../../../src/index.ts';

const nobody: NeverRule = { says: 'Nobody.', never: 'privilege' };

const closed = (table: string): AccessRules => ({
  table,
  key: ['id'],
  select: nobody,
  insert: nobody,
  update: nobody,
  delete: nobody,
});

/** What the checks of behaviour, settings and files are tried on. Its rules are not. */
export const shop: Design = defineDesign({
  name: 'shop',
  title: 'A shop',
  source: { file: 'shop.md' },
  postgres: {
    version: 15,
    settings: {
      max_connections: 100,
      shared_buffers: '2GB',
      work_mem: '16MB',
      wal_buffers: 2048,
      maintenance_work_mem: '512MB',
      autovacuum_max_workers: 3,
      checkpoint_timeout: '15min',
      random_page_cost: 1.1,
      log_connections: 'on',
      wal_level: 'replica',
      password_encryption: 'scram-sha-256',
      shared_preload_libraries: '',
    },
  },
  topology: { replicas: 0 },
  tier: { name: 'small', memory: '8GB', cores: 2 },
  migrations: new URL('./migrations/', import.meta.url),
  config: new URL('./config/', import.meta.url),
  schemas: ['sh op'],
  request: {
    role: 'shop "user"',
    attributes: { who: 'text' },
    session: (actor) => (actor.attributes.who == null ? {} : { 'shop.who': actor.attributes.who }),
  },
  logins: ['shop "user"'],
  actors: () => ({
    anonymous: { says: 'nobody', attributes: { who: null } },
    "o'ne": { says: 'the first', attributes: { who: "o'ne" } },
    two: { says: 'the second', attributes: { who: 'two' } },
  }),
  data: { tables: [] },
  access: [
    closed('"sh op"."go ods"'),
    { ...closed('"sh op".numbers'), key: ['last'] },
    { ...closed('"sh op".tickets'), key: ['no'] },
    { ...closed('"sh op"."lo gs"'), key: ['id', 'at'] },
  ],
  targets: {},
  claims: [
    {
      id: 'shop.nothing',
      says: 'Claims are made by the tests.',
      source: { file: 'shop.md' },
      controls: [],
      family: 'structure',
      unproved: 'made by the tests',
    },
  ],
});
