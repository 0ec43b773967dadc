import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { myJob } from './words/jobs.ts';
import { all, any, unchanged } from './words/logic.ts';
import { owner } from './words/people.ts';

/** What a worker leaves as it is. Whether that includes the status depends on the status. */
const forOwners = ['title', 'description', 'customer_id', 'start_date', 'end_date', 'is_deleted'];

export const jobs: AccessRules = {
  table: 'public.jobs',
  key: ['id'],
  lines: [174, 193],
  select: {
    says: 'Owners read all jobs; workers read the jobs to which they are assigned, deleted or not.',
    lines: [407, 428],
    by: ['jobs_select_policy'],
    where: any(owner, myJob('"row".id')),
  },
  insert: {
    says: 'Owners open jobs in their own name, not started and not deleted.',
    by: ['jobs_insert_policy'],
    columns: [
      'id',
      'title',
      'description',
      'customer_id',
      'status',
      'start_date',
      'end_date',
      'notes',
      'created_by_id',
      'is_deleted',
      'client_updated_at',
    ],
    where: all(
      owner,
      '"new".created_by_id = actor.id',
      `"new".status = 'NOT_STARTED'`,
      '"new".is_deleted = false',
    ),
  },
  update: {
    says: 'Owners change any job; workers note progress, status and remarks of their live jobs, and do not reopen completed ones.',
    lines: [466, 467],
    by: ['jobs_update_policy'],
    columns: [
      'title',
      'description',
      'customer_id',
      'status',
      'start_date',
      'end_date',
      'notes',
      'is_deleted',
      'client_updated_at',
      'version',
    ],
    where: any(owner, all(myJob('"old".id'), '"old".is_deleted = false')),
    // That the job of a worker is still live afterwards follows from is_deleted being as it was.
    to: any(owner, all(unchanged(...forOwners), any(unchanged('status'), `"old".status <> 'COMPLETED'`))),
  },
  delete: never('Nobody deletes a job: it is marked as deleted.'),
  guards: ['guard_jobs'],
  // A value for each column that a worker leaves alone; dates that stay in order whatever the other one is.
  try: {
    title: [`'Another title'`],
    description: [`'Another description'`],
    start_date: [`'2000-01-01'`],
    end_date: [`'2100-01-01'`],
  },
};
