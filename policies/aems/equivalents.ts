import { because, type Equivalents } from '../equivalents.ts';

const since = because('aems');

/** Changes of access and audit that nobody could see, and why. */
export const equivalentMutants: Equivalents = [
  ...since(
    'OLD of an INSERT and NEW of a DELETE are NULL in PL/pgSQL, and so is their jsonb',
    'risk.log_changes()/constant-changed/3',
    'risk.log_changes()/constant-changed/4',
  ),
  ...since(
    'it reads no table: current_tenant_id() reads a setting, and active_user_id() has the rights of its owner either way',
    'finance.set_decision()/security-definer/1',
    'public.set_created_by()/security-definer/1',
    'public.set_updated_by()/security-definer/1',
  ),
  ...since(
    'the policy is for the request role, which has no privilege to write there: WITH CHECK is never asked',
    'risk.audit_logs.tenant_isolation_policy/widened/2',
    'risk.audit_logs.tenant_isolation_policy/narrowed/2',
  ),
];
