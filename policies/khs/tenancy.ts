import type { Design } from 'pgattest';

const job = '"row".job_id::text';
const user = '"row".user_id::text';

/** The actor is an active owner, who has to do with everything. */
const owner = `EXISTS (SELECT FROM public.users AS me WHERE me.id = actor.id AND me.is_active AND me.role = 'OWNER')`;

/**
 * There is one company, so that what must not mix is jobs: each is a tenant, and each user for what belongs to the user alone. Users are of
 * none: who they are, and whether they are active, decides what they and others read; customers neither: they have several jobs.
 */
export const tenancy: NonNullable<Design['tenancy']> = {
  tables: {
    'public.jobs': '"row".id::text',
    'public.job_assignments': job,
    'public.materials': job,
    'public.job_status_history': job,
    'public.activity_logs': 'coalesce("row".job_id, "row".user_id)::text',
    'public.refresh_tokens': user,
    'public.sync_queue': user,
  },
  // Jobs that the actor was ever assigned to, or is on record for: one's own records stay one's own.
  actorTenants: `
    SELECT actor.id::text
    UNION SELECT mine.job_id::text FROM public.job_assignments AS mine WHERE mine.user_id = actor.id
    UNION SELECT log.job_id::text FROM public.activity_logs AS log WHERE log.user_id = actor.id
    UNION SELECT job.id::text FROM public.jobs AS job WHERE ${owner}
    UNION SELECT person.id::text FROM public.users AS person WHERE ${owner}`,
};
