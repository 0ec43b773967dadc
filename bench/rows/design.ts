import type { AccessRules } from '../../src/design/rules.ts';
import { accessClaims, type Design, defineDesign } from '../../src/index.ts';

const own = '"row".tenant_id = actor.tenant';

const access: readonly AccessRules[] = [
  {
    table: 'app.notes',
    key: ['id'],
    select: { says: 'a tenant reads its notes', where: own },
    insert: { says: 'notes are made by a job', never: 'privilege' },
    update: {
      says: 'a tenant changes its notes',
      columns: ['archived', 'body'],
      where: 'old.tenant_id = actor.tenant',
      to: 'true',
    },
    delete: { says: 'a tenant deletes its notes', where: own },
  },
];

/** One table of any size, and two tenants that each see half of it. */
export const notes: Design = defineDesign({
  name: 'notes',
  title: 'A table of many rows',
  source: { file: 'bench/rows/design.ts' },
  postgres: { version: 15, settings: { max_connections: 20, shared_buffers: '512MB', max_wal_size: '4GB' } },
  topology: { replicas: 0 },
  migrations: new URL('./migrations/', import.meta.url),
  schemas: ['app'],
  request: {
    role: 'requests',
    attributes: { tenant: 'integer' },
    session: ({ attributes: { tenant } }) => (tenant == null ? {} : { 'app.tenant': tenant }),
  },
  logins: ['requests'],
  actors: () => ({
    one: { says: 'tenant 1', attributes: { tenant: '1' } },
    two: { says: 'tenant 2', attributes: { tenant: '2' } },
  }),
  data: { tables: [] },
  access,
  targets: {},
  claims: accessClaims(access, { prefix: 'notes', file: 'bench/rows/design.ts', controls: [] }),
});
