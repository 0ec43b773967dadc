import type { Condition } from './logic.ts';

// Pairs of an id and a user, compared with (id, actor.id): so the server makes the list once for a statement, not for
// each row.

/** Jobs, deleted or not, with the active users who hold a live assignment to them. */
const jobsOfUsers = `
  SELECT mine.job_id, mine.user_id FROM public.job_assignments AS mine
  JOIN public.users AS me ON me.id = mine.user_id
  WHERE me.is_active AND NOT mine.is_deleted`;

/** The id is that of one of the actor's jobs. */
export function myJob(id: string): Condition {
  return `((${id}, actor.id) IN (${jobsOfUsers}))`;
}

/** The id is that of a job that is not deleted. */
export function liveJob(id: string): Condition {
  return `(${id} IN (SELECT job.id FROM public.jobs AS job WHERE NOT job.is_deleted))`;
}

/** The id is that of the customer of one of the actor's jobs. */
export function customerOfMyJobs(id: string): Condition {
  return `((${id}, actor.id) IN (
  SELECT job.customer_id, ours.user_id FROM public.jobs AS job
  JOIN (${jobsOfUsers}) AS ours ON ours.job_id = job.id))`;
}

/** The id is that of a user, active or not, who holds a live assignment to one of the actor's jobs. */
export function worksOnMyJobs(id: string): Condition {
  return `((${id}, actor.id) IN (
  SELECT theirs.user_id, ours.user_id FROM public.job_assignments AS theirs
  JOIN (${jobsOfUsers}) AS ours ON ours.job_id = theirs.job_id
  WHERE NOT theirs.is_deleted))`;
}
