import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { myJob } from './words/jobs.ts';
import { any } from './words/logic.ts';
import { isActor, owner } from './words/people.ts';

const history = never('Only a trigger adds to the history of a job, and nobody changes it.');

export const jobStatusHistory: AccessRules = {
  table: 'public.job_status_history',
  key: ['id'],
  lines: [268, 275],
  select: {
    says: 'Owners read the history of all jobs, workers that of their jobs.',
    by: ['job_status_history_select_policy'],
    where: any(owner, myJob('"row".job_id')),
  },
  insert: history,
  update: history,
  delete: history,
};

const log = never(
  'Only triggers and log_activity add to the activity log, and nobody changes it.',
  [465, 465],
);

export const activityLogs: AccessRules = {
  table: 'public.activity_logs',
  key: ['id', 'created_at'],
  lines: [283, 292],
  select: {
    says: 'Owners read the whole activity log; workers read what concerns their jobs and what they did themselves.',
    by: ['activity_logs_select_policy'],
    where: any(owner, myJob('"row".job_id'), isActor('"row".user_id')),
  },
  insert: log,
  update: log,
  delete: log,
};
