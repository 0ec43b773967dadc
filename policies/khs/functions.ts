/**
 * SECURITY DEFINER functions that requests may execute: most answer a question about the actor itself; the search gives
 * customers that the actor reads anyway, and `log_activity` adds a record in the actor's own name. Whatever else runs with
 * more rights than the caller is for the design's own triggers and jobs.
 */
export const callable: readonly string[] = [
  'public.active_user_id()',
  'public.assigned_customers()',
  'public.assigned_jobs()',
  'public.is_owner()',
  'public.known_users()',
  'public.log_activity(p_entity_type character varying, p_entity_id uuid, p_action character varying, p_user_id uuid, p_job_id uuid, p_details jsonb)',
  'public.search_customers(p_term text)',
];
