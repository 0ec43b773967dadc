import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { all, any } from './words/logic.ts';
import { activeActor, isActor, owner } from './words/people.ts';

const syncWorker = never('Only the sync worker works off the queue, and no request of the application does.');

export const syncQueue: AccessRules = {
  table: 'public.sync_queue',
  key: ['id', 'status'],
  lines: [303, 317],
  select: {
    says: 'Active users read their own queued operations, owners everyone’s.',
    by: ['sync_queue_select_policy'],
    where: any(isActor('"row".user_id'), owner),
  },
  insert: {
    says: 'Active users queue operations of their own, which begin as pending and not tried yet.',
    by: ['sync_queue_insert_policy'],
    columns: ['id', 'user_id', 'operation', 'entity_type', 'entity_id', 'payload', 'idempotency_key'],
    where: all('"new".user_id = actor.id', activeActor),
  },
  update: syncWorker,
  delete: syncWorker,
};

const internal = never(
  'The register of idempotency keys is internal: no request of the application reaches it.',
);

export const syncOperations: AccessRules = {
  table: 'public.sync_operations',
  key: ['id'],
  select: internal,
  insert: internal,
  update: internal,
  delete: internal,
};
