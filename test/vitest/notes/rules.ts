import type { AccessRules, AuditRules } from 'pgattest';

const own = (alias: string) => `"${alias}".tenant = actor.tenant`;
const nobody = { says: 'Nobody reaches the trail.', never: 'privilege' } as const;

export const access: AccessRules[] = [
  {
    table: 'app.notes',
    key: ['id'],
    select: { says: 'A tenant reads its own notes.', by: ['notes_tenant'], where: own('row') },
    insert: { says: 'A tenant adds notes of its own.', by: ['notes_tenant'], where: own('new') },
    update: {
      says: 'A tenant changes the text of its own notes, and never to nothing.',
      by: ['notes_tenant'],
      columns: ['body', 'seen'],
      where: own('old'),
      to: `"new".body <> ''`,
    },
    delete: { says: 'A tenant removes its own notes.', by: ['notes_tenant'], where: own('row') },
    guards: ['keep_text'],
    try: { body: [`''`] },
  },
  { table: 'audit.trail', key: ['id'], select: nobody, insert: nobody, update: nobody, delete: nobody },
];

export const audit: AuditRules = {
  trail: {
    table: 'audit.trail',
    key: ['id'],
    tableName: 'record.table_name',
    recordId: 'record.record_id',
    action: 'record.action',
    actor: 'record.tenant',
    oldValues: 'record.old_row',
    newValues: 'record.new_row',
    changedFields: 'record.changed',
    at: 'record.at',
  },
  actorAttribute: 'tenant',
  guards: [],
  tables: [
    {
      table: 'app.notes',
      name: 'notes',
      key: 'id',
      says: 'Each change of a note is recorded once.',
      secret: [],
      ignored: ['seen'],
      change: { column: 'body', to: `"row".body || '.'` },
      triggers: ['record_notes', 'record_notes_truncate'],
    },
  ],
};
