import { customerOfMyJobs, myJob, worksOnMyJobs } from './words/jobs.ts';
import { all, any } from './words/logic.ts';
import { activeActor, isActor, owner } from './words/people.ts';

/** Two jobs of the actor's, two of others, and none; by the actor and by somebody else; an event and the change of a row. */
const activities = `
  SELECT 'job'::varchar AS p_entity_type, 'ffffffff-0000-4000-8000-00000000dead'::uuid AS p_entity_id, kind.action AS p_action,
    person.id AS p_user_id, about.id AS p_job_id, NULL::jsonb AS p_details
  FROM (VALUES ('EXPORT'), ('UPDATE')) AS kind(action)
  CROSS JOIN (SELECT actor.id UNION ALL (SELECT other.id FROM public.users AS other
    WHERE other.id IS DISTINCT FROM actor.id ORDER BY other.id LIMIT 1)) AS person(id)
  CROSS JOIN ((SELECT job.id FROM public.jobs AS job WHERE ${myJob('job.id')} ORDER BY job.id LIMIT 2)
    UNION ALL (SELECT job.id FROM public.jobs AS job WHERE NOT ${myJob('job.id')} ORDER BY job.id LIMIT 2)
    UNION ALL SELECT NULL) AS about(id)`;

/** Each word of the term begins one of the customer. */
const byWords = `(SELECT bool_and(EXISTS (
    SELECT FROM unnest(tsvector_to_array(to_tsvector('simple', concat(customer.name, ' ', customer.address)))) AS held(word)
    WHERE starts_with(held.word, asked.word)))
  FROM unnest(tsvector_to_array(to_tsvector('simple', args.p_term))) AS asked(word))`;

/** What functions with more rights give an actor, over base tables. */
export const functionRules: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'public.active_user_id()': {
    says: 'The active actor’s id.',
    returns: '(SELECT me.id FROM public.users AS me WHERE me.id = actor.id AND me.is_active)',
  },
  'public.is_owner()': { says: 'The actor is an active owner.', returns: `coalesce(${owner}, false)` },
  'public.assigned_jobs()': {
    says: 'The jobs that the active actor is assigned to.',
    rows: `SELECT mine.job_id FROM public.job_assignments AS mine WHERE NOT mine.is_deleted AND ${isActor('mine.user_id')}`,
  },
  'public.assigned_customers()': {
    says: 'The customers of those jobs.',
    rows: `SELECT customer.id FROM public.customers AS customer WHERE ${customerOfMyJobs('customer.id')}`,
  },
  'public.known_users()': {
    says: 'The active actor, active owners, and who works on the actor’s jobs.',
    rows: `SELECT person.id FROM public.users AS person WHERE ${all(
      activeActor,
      any(isActor('person.id'), "(person.role = 'OWNER' AND person.is_active)", worksOnMyJobs('person.id')),
    )}`,
  },
  'public.search_customers(p_term text)': {
    says: 'Customers found by name, address or telephone: those that the actor reads and that are not archived.',
    args: `SELECT customer.phone::text AS p_term FROM public.customers AS customer
      UNION SELECT customer.name::text FROM public.customers AS customer`,
    rows: `SELECT customer.* FROM public.customers AS customer
      WHERE (${byWords} OR starts_with(customer.phone, args.p_term)) AND NOT customer.is_archived
        AND ${any(owner, customerOfMyJobs('customer.id'))} ORDER BY customer.updated_at DESC LIMIT 20`,
  },
  'public.log_activity(p_entity_type character varying, p_entity_id uuid, p_action character varying, p_user_id uuid, p_job_id uuid, p_details jsonb)':
    {
      says: 'The active actor records what is no change of a row, in their own name, about a job that they read.',
      args: activities,
      allowed: all(
        "args.p_action NOT IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')",
        isActor('args.p_user_id'),
        any('args.p_job_id IS NULL', owner, myJob('args.p_job_id')),
      ),
    },
};
