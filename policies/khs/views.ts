import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { myJob } from './words/jobs.ts';
import { any } from './words/logic.ts';
import { owner } from './words/people.ts';

const readOnly = never('Nobody writes through the views of open jobs.');
const view = { insert: readOnly, update: readOnly, delete: readOnly } as const;

export const activeJobsDashboard: AccessRules = {
  ...view,
  table: 'public.active_jobs_dashboard',
  key: ['id'],
  lines: [407, 418],
  select: {
    says: 'Owners see all open jobs with customer and crew, workers the open ones of their jobs.',
    by: ['jobs_select_policy'],
    where: any(owner, myJob('"row".id')),
  },
};

export const workerJobs: AccessRules = {
  ...view,
  table: 'public.worker_jobs',
  key: ['id', 'worker_id'],
  lines: [420, 427],
  select: {
    says: 'Owners see the open jobs of every worker; workers see the open ones of their jobs, once for each of the crew.',
    by: ['jobs_select_policy', 'job_assignments_select_policy'],
    where: any(owner, myJob('"row".id')),
  },
};
