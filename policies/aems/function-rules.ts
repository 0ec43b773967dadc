import { staff } from './words/actor.ts';

const ofActor = (what: string) =>
  `(SELECT ${what} FROM auth.users AS self WHERE self.id = actor.user_id AND ${staff})`;

/** What functions with more rights give an actor, over base tables. */
export const functionRules: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'auth.active_user_id()': { says: 'The actor’s id.', returns: ofActor('self.id') },
  'auth.actor_role()': { says: 'The actor’s role.', returns: ofActor('self.role') },
  'hr.actor_employee_id()': {
    says: 'The actor’s record as an employee of the tenant.',
    returns: `(SELECT mine.id FROM hr.employees AS mine WHERE mine.user_id = actor.user_id
      AND mine.tenant_id = actor.tenant_id AND mine.deleted_at IS NULL AND ${staff})`,
  },
  'public.encrypt_sensitive_data(data text)': {
    says: 'What it is given, encrypted: for everybody, and nothing else.',
    args: "SELECT 'a value that nobody else knows' AS data",
    holds: 'length(result.value) > 60 AND position(args.data IN result.value) = 0',
  },
};
