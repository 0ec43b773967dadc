/**
 * SECURITY DEFINER functions that requests may execute: most answer a question about the actor itself; the search gives
 * products that the actor reads anyway, and the last two act for the invited and for the owner. Whatever else runs with
 * more rights than the caller is for the design's own triggers and jobs.
 */
export const callable: readonly string[] = [
  'auth.active_uid()',
  'auth.colleagues()',
  'auth.has_members(org_id uuid)',
  'auth.has_permission(org_id uuid, required_role text)',
  'auth.organizations_as(required_role text)',
  'auth.user_organizations()',
  'auth.user_role(org_id uuid)',
  'core.search_products(org_id uuid, query text)',
  'core.accept_invitation(token text)',
  'core.transfer_ownership(org_id uuid, new_owner uuid)',
];
