import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { myJob } from './words/jobs.ts';
import { all, any } from './words/logic.ts';
import { isActor, owner } from './words/people.ts';

export const jobAssignments: AccessRules = {
  table: 'public.job_assignments',
  key: ['id'],
  lines: [205, 212],
  select: {
    says: 'Owners read all assignments; workers read who is on their jobs, and their own assignments, ended ones too.',
    by: ['job_assignments_select_policy'],
    where: any(owner, all('"row".is_deleted = false', myJob('"row".job_id')), isActor('"row".user_id')),
  },
  insert: {
    says: 'Owners assign users to jobs.',
    by: ['job_assignments_insert_policy'],
    columns: ['id', 'job_id', 'user_id', 'is_deleted', 'client_updated_at'],
    where: all(owner, '"new".is_deleted = false'),
  },
  update: {
    says: 'Owners end assignments and renew them; job and user stay what they are.',
    by: ['job_assignments_update_policy'],
    columns: ['is_deleted', 'client_updated_at', 'version'],
    where: owner,
    to: 'true',
  },
  delete: never('Nobody deletes an assignment: it is marked as deleted, so that devices learn of it.'),
};
