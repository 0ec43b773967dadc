import {
  accessClaims,
  auditClaims,
  type Claim,
  type Design,
  defineDesign,
  type Ids,
} from '../../../src/index.ts';
import { data, userTable } from './data.ts';
import { access, audit, inSchema, role } from './rules.ts';

const frame = { prefix: 'hostile', file: 'hostile.md', controls: ['SOC2:CC6.1'] };

const structure = (id: string, check: NonNullable<Claim['check']>): Claim => ({
  id: `hostile.structure.${id}`,
  says: `The structure is right: ${id}.`,
  source: { file: 'hostile.md' },
  controls: [],
  family: 'structure',
  check,
});

/** A design in which everything has a name that breaks whatever forgets to quote. All that it claims holds. */
export const hostile: Design = defineDesign({
  name: 'hostile',
  title: 'Names that need care',
  source: { file: 'hostile.md' },
  postgres: { version: 15, settings: { max_connections: 20 } },
  topology: { replicas: 0 },
  migrations: new URL('./migrations/', import.meta.url),
  schemas: ['my "sch.ema" é', 'log'],
  request: {
    role,
    attributes: { id: 'uuid', 'te nant': 'int4' },
    session: ({ attributes }) => ({
      ...(attributes.id == null ? {} : { 'app.user': attributes.id }),
      ...(attributes['te nant'] == null ? {} : { 'app.tenant': attributes['te nant'] }),
    }),
  },
  logins: [role, 'Überwachung'],
  actors: (ids: Ids) => {
    const user = (row: number, tenant: number, says: string) => ({
      says,
      attributes: { id: ids.uuid(userTable, row), 'te nant': String(tenant) },
    });
    return {
      anonymous: { says: 'nobody', attributes: { id: null, 'te nant': null } },
      'the boss': user(0, 1, 'admin of tenant 1'),
      member: user(2, 1, 'member of tenant 1'),
      "o'ther": user(3, 2, 'member of tenant 2'),
      'gone astray': user(2, 2, 'the member of tenant 1 in tenant 2'),
      stranger: user(999, 1, 'an id that no user has, in tenant 1'),
    };
  },
  data,
  access,
  audit,
  targets: {},
  claims: [
    ...accessClaims(access, frame),
    ...auditClaims(audit, frame, [1, 1]),
    structure('row-security', { kind: 'structure.row-security' }),
    structure('request-role', { kind: 'structure.request-role' }),
    structure('definer-functions', { kind: 'structure.definer-functions' }),
    structure('partitions', {
      kind: 'structure.partitions-ahead',
      table: inSchema('"Ev ent 1"'),
      ahead: '1 day',
    }),
  ],
});
