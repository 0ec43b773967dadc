import type { AccessRules } from 'pgattest';
import { never } from '../saas/never.ts';
import { all } from '../saas/words/logic.ts';
import { admin, inTenant } from './words/actor.ts';

const immutable = never('Only triggers add to the audit log, and nobody changes it.', [672, 688]);

export const auditLogs: AccessRules = {
  table: 'risk.audit_logs',
  key: ['id', 'timestamp'],
  lines: [672, 688],
  select: {
    says: 'Admins read the audit log of their tenant, and nobody what belongs to no tenant.',
    where: all(inTenant('"row"'), admin),
  },
  insert: immutable,
  update: immutable,
  delete: immutable,
};

const migrationsOnly = never('Only the migration manager keeps the list of migrations.');

export const schemaMigrations: AccessRules = {
  table: 'public.schema_migrations',
  key: ['version'],
  lines: [910, 913],
  select: migrationsOnly,
  insert: migrationsOnly,
  update: migrationsOnly,
  delete: migrationsOnly,
};
