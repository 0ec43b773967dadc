/**
 * SECURITY DEFINER functions that requests may execute: each answers a question about the actor itself or encrypts what it
 * is given, and none returns rows of a tenant or decrypts.
 */
export const callable: readonly string[] = [
  'auth.active_user_id()',
  'auth.actor_role()',
  'hr.actor_employee_id()',
  'public.encrypt_sensitive_data(data text)',
];
