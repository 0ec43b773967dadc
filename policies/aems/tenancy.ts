import type { Design } from 'pgattest';

const own = '"row".tenant_id::text';

const ofUser = '(SELECT person.tenant_id::text FROM auth.users AS person WHERE person.id = "row".user_id)';

/** Whose each row is; keys and migrations are of no tenant. */
export const tenancy: NonNullable<Design['tenancy']> = {
  tables: {
    'auth.tenants': '"row".id::text',
    'auth.users': own,
    'auth.user_sessions': ofUser,
    'auth.user_mfa': ofUser,
    'auth.oauth_connections': ofUser,
    'sales.sales_metrics': own,
    'sales.customers': own,
    'sales.sales_pipeline': own,
    'finance.finance_metrics': own,
    'finance.budget_plans': own,
    'finance.expense_transactions': own,
    'hr.hr_metrics': own,
    'hr.employees': own,
    'hr.recruitment_pipeline': own,
    'products.products': own,
    'products.inventory_levels': own,
    'products.product_performance': own,
    'risk.risk_assessments': own,
    'risk.compliance_records': own,
    'risk.audit_logs': own,
  },
  // The tenant that the request names, and the one that the user is of.
  actorTenants: `
    SELECT actor.tenant_id::text UNION
    SELECT person.tenant_id::text FROM auth.users AS person WHERE person.id = actor.user_id`,
};
