import { accessClaims, auditClaims, type Claim, type Design, defineDesign } from 'pgattest';
import { access, audit } from './rules.ts';

const frame = { prefix: 'notes', file: 'notes.md', controls: ['SOC2:CC6.1'] };

const claims: readonly Claim[] = [
  ...accessClaims(access, frame),
  // That the trail cannot be changed by its owner is no promise of this design.
  ...auditClaims(audit, frame, undefined).filter(({ id }) => !id.endsWith('append-only')),
  {
    id: 'notes.structure.row-security',
    says: 'Row security binds everybody.',
    source: { file: 'notes.md' },
    controls: ['ISO27001:A.5.15'],
    family: 'structure',
    check: { kind: 'structure.row-security' },
  },
];

/** Notes of three tenants, audited: small enough to start in a second. */
export const notes: Design = defineDesign({
  name: 'notes',
  title: 'Notes of tenants',
  source: { file: 'notes.md' },
  postgres: { version: 15, settings: {} },
  topology: { replicas: 0 },
  migrations: new URL('./migrations/', import.meta.url),
  schemas: ['app', 'audit'],
  request: {
    role: 'notes_user',
    attributes: { tenant: 'uuid' },
    session: ({ attributes: { tenant } }): Record<string, string> =>
      tenant == null ? {} : { 'app.tenant': tenant },
  },
  logins: ['notes_user', 'notes_login'],
  actors: (ids) => ({
    anonymous: { says: 'no tenant is set', attributes: { tenant: null } },
    first: { says: 'tenant 1', attributes: { tenant: ids.uuid('tenant', 0) } },
    second: { says: 'tenant 2', attributes: { tenant: ids.uuid('tenant', 1) } },
  }),
  data: {
    tables: [
      {
        table: 'app.notes',
        rows: (scale) => Math.ceil(30 * scale),
        columns: {
          id: (cell) => cell.uuid('app.notes', cell.row),
          tenant: (cell) => cell.uuid('tenant', cell.row % 3),
          body: (cell) => cell.fake('sentence'),
        },
      },
    ],
  },
  access,
  audit,
  targets: {},
  claims,
});
