import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { liveJob, myJob } from './words/jobs.ts';
import { all, any, unchanged } from './words/logic.ts';
import { owner } from './words/people.ts';

const given = [
  'item_name',
  'quantity',
  'unit',
  'purchased',
  'notes',
  'purchased_by_id',
  'purchased_at',
  'is_deleted',
  'client_updated_at',
];

export const materials: AccessRules = {
  table: 'public.materials',
  key: ['id'],
  lines: [222, 242],
  select: {
    says: 'Owners read all materials; workers read those of their jobs, deleted or not.',
    lines: [430, 435],
    by: ['materials_select_policy'],
    where: any(owner, myJob('"row".job_id')),
  },
  insert: {
    says: 'Owners add materials to live jobs, workers to their own live jobs; in their own name, and bought by nobody or by themselves.',
    by: ['materials_insert_policy'],
    columns: ['id', 'job_id', 'added_by_id', ...given],
    // That the adder is active goes without saying: an owner is, and who has jobs is.
    where: all(
      liveJob('"new".job_id'),
      any(owner, myJob('"new".job_id')),
      '"new".added_by_id = actor.id',
      '"new".is_deleted = false',
      any('"new".purchased_by_id IS NULL', '"new".purchased_by_id = actor.id'),
    ),
  },
  update: {
    says: 'Owners change any material, workers the live ones of their live jobs; who names a buyer names themselves; only who added a material, or an owner, deletes or restores it.',
    lines: [464, 467],
    by: ['materials_update_policy'],
    columns: [...given, 'version'],
    where: any(owner, all('"old".is_deleted = false', myJob('"old".job_id'), liveJob('"old".job_id'))),
    // A buyer may be taken away too, but only together with purchased and purchased_at, as a CHECK demands.
    to: all(
      any(unchanged('purchased_by_id'), '"new".purchased_by_id = actor.id'),
      any(unchanged('is_deleted'), '"old".added_by_id = actor.id', owner),
    ),
  },
  delete: never('Nobody deletes a material for good: it is marked as deleted.', [464, 464]),
  guards: ['guard_materials'],
};
