import type { AccessRules, AuditRules, NeverRule } from '../../../src/index.ts';

export const role = 'req "user"; --';
export const schema = '"my ""sch.ema"" é"';
export const inSchema = (name: string) => `${schema}.${name}`;
/** A name of 63 bytes, the longest that PostgreSQL keeps. */
export const longName = 'a'.repeat(63);

const nobody: NeverRule = { says: 'Nobody may.', never: 'privilege' };
const ofTenant = (row: string) => `"${row}".tenant = actor."te nant"`;
const isAdmin = `EXISTS (SELECT 1 FROM ${inSchema('"user"')} AS u WHERE u."i d" = actor.id AND u."admin")`;
const seesDocument = `${ofTenant('row')} AND ("row"."sta te" = 'open' OR "row"."from" = actor.id OR ${isAdmin})`;

const users: AccessRules = {
  table: inSchema('"user"'),
  key: ['i d'],
  secret: ['pass"word'],
  select: { says: 'Everybody sees the users of the tenant.', by: ['se e'], where: ofTenant('row') },
  insert: nobody,
  update: {
    says: 'Everybody changes their own address.',
    by: ["change one's own"],
    columns: ['E-Mail'],
    where: `"old"."i d" = actor.id AND ${ofTenant('old')}`,
    to: 'true',
  },
  delete: nobody,
};

const documents: AccessRules = {
  table: inSchema('"select"'),
  key: ['tenant', 'no'],
  select: {
    says: 'Open ones, one’s own, and for admins all of the tenant.',
    by: ['sel"ect'],
    where: seesDocument,
  },
  insert: {
    says: 'Everybody adds in their own name to their tenant.',
    by: ['in sert'],
    columns: ['tenant', 'no', 'from', 'sta te', longName],
    where: `${ofTenant('new')} AND "new"."from" = actor.id`,
  },
  update: {
    says: 'Everybody changes their own; only admins close.',
    by: ['up date'],
    columns: ['sta te', longName],
    where: `${ofTenant('old')} AND "old"."from" = actor.id`,
    to: `"new"."sta te" = "old"."sta te" OR "new"."sta te" = 'open' OR ${isAdmin}`,
  },
  delete: {
    says: 'Admins delete in their tenant.',
    by: ['de lete'],
    where: `${ofTenant('row')} AND ${isAdmin}`,
  },
  guards: ['gu ard'],
  try: { tenant: ['1', '2'] },
};

const accounts: AccessRules = {
  table: inSchema('"ac count"'),
  key: ['id'],
  select: { says: 'Those of the tenant.', by: ['al l'], where: ofTenant('row') },
  insert: {
    says: 'Those of the tenant.',
    by: ['al l'],
    columns: ['id', 'tenant', 'to', 'am %ount'],
    where: ofTenant('new'),
  },
  update: {
    says: 'Those of the tenant, and they stay in it.',
    by: ['al l'],
    columns: ['tenant', 'to', 'am %ount'],
    where: ofTenant('old'),
    to: ofTenant('new'),
  },
  delete: { says: 'Those of the tenant.', by: ['al l'], where: ofTenant('row') },
  try: { tenant: ['1', '2'] },
};

const events: AccessRules = {
  table: inSchema('"Ev ent"'),
  key: ['id', 'tenant', 'at'],
  select: { says: 'Those of the tenant.', by: ['ten ant'], where: ofTenant('row') },
  insert: nobody,
  update: {
    says: 'Admins write notes.',
    by: ['no te'],
    columns: ['note'],
    where: `${ofTenant('old')} AND ${isAdmin}`,
    to: 'true',
  },
  delete: nobody,
};

const onlyUnique: AccessRules = {
  table: inSchema('"only unique"'),
  key: ['tenant', 'co de'],
  select: { says: 'Those of the tenant.', by: ['only'], where: ofTenant('row') },
  insert: nobody,
  update: nobody,
  delete: nobody,
};

const closed = (table: string, key: readonly string[]): AccessRules => ({
  table,
  key,
  select: nobody,
  insert: nobody,
  update: nobody,
  delete: nobody,
});

export const view: AccessRules = {
  ...closed(inSchema('"vi ew"'), ['tenant', 'no']),
  select: { says: 'As the table below.', where: seesDocument },
};

export const access: readonly AccessRules[] = [
  users,
  documents,
  accounts,
  events,
  onlyUnique,
  view,
  closed(inSchema('"em pty"'), ['a']),
  closed('log."audit log"', ['id']),
];

export const audit: AuditRules = {
  trail: {
    table: 'log."audit log"',
    key: ['id'],
    tableName: 'record."table"',
    recordId: 'record."key"',
    action: 'record."action"',
    actor: 'record."who"',
    oldValues: 'record."old"',
    newValues: 'record."new"',
    changedFields: 'record."fields"',
    at: 'record."at"',
  },
  actorAttribute: 'id',
  guards: ['ke ep', 'ke ep all'],
  tables: [
    {
      table: inSchema('"user"'),
      name: 'user',
      key: 'i d',
      says: 'Each change of a user is recorded.',
      secret: ['pass"word'],
      ignored: [],
      change: { column: 'E-Mail', to: `"row"."E-Mail" || 'x'` },
      triggers: ['au dit', 'au dit truncate'],
    },
    {
      table: inSchema('"ac count"'),
      name: 'ac count',
      key: 'id',
      says: 'Each change of an account is recorded.',
      secret: [],
      ignored: ['up dated'],
      change: { column: 'am %ount', to: '"row"."am %ount" + 1' },
      triggers: ['au dit', 'au dit truncate'],
    },
  ],
};
