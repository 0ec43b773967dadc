/**
 * SECURITY DEFINER functions that requests may execute: each answers a question about the actor itself, and none returns
 * rows of a tenant but ids and times of tasks that the actor can read. Whatever else runs with more rights than the caller is for the design's own triggers and jobs.
 */
export const callable: readonly string[] = [
  'app.can_access_project(proj_id uuid)',
  'app.can_add_to_task(task uuid)',
  'app.can_attach(task uuid, comment uuid)',
  'app.can_contribute(proj_id uuid)',
  'app.can_read_task(task uuid)',
  'app.get_organization_role(org_id uuid)',
  'app.has_members(org_id uuid)',
  'app.is_live_organization(org_id uuid)',
  'app.is_organization_member(org_id uuid)',
  'app.is_project_admin(proj_id uuid)',
  'app.member_organizations(VARIADIC roles text[])',
  'app.readable_attachment_project(task uuid, comment uuid)',
  'app.readable_task_project(task uuid)',
  'app.same_organization(one_project uuid, other_project uuid)',
  'app.search_tasks(words text, with_tags text[], up_to integer)',
  'app.shares_organization(other_user uuid)',
  'app.task_made_at(task uuid)',
  'auth.active_user_id()',
  'auth.has_role(role_name text)',
  'auth.is_system_admin()',
];
