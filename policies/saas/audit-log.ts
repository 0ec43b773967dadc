import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { systemAdmin } from './words/people.ts';

const immutable = never(
  'The audit log is immutable: only its triggers add to it, and nobody changes it.',
  [502, 502],
);

export const auditLog: AccessRules = {
  table: 'audit.audit_log',
  key: ['id', 'created_at'],
  lines: [502, 515],
  select: { says: 'System admins read the audit log.', where: systemAdmin },
  insert: immutable,
  update: immutable,
  delete: immutable,
};
