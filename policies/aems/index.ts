import type { AccessRules } from 'pgattest';
import { budgetPlans, expenseTransactions, financeMetrics } from './finance.ts';
import { employees, hrMetrics, recruitmentPipeline } from './hr.ts';
import { inventoryLevels, productPerformance, products } from './products.ts';
import { auditLogs, schemaMigrations } from './records.ts';
import { complianceRecords, riskAssessments } from './risk.ts';
import { customers, salesMetrics, salesPipeline } from './sales.ts';
import { encryptionKeys, oauthConnections, userMfa, userSessions } from './sign-in.ts';
import { tenants } from './tenants.ts';
import { users } from './users.ts';
import { customerSegments, executiveDashboard } from './views.ts';
import { withIsolation, withPolicies } from './words/policies.ts';

export { audit } from './audit.ts';
export { callable } from './functions.ts';

/** Tables with a column `tenant_id`: a restrictive policy keeps each to the tenant. */
const ofTenants: readonly AccessRules[] = [
  users,
  salesMetrics,
  customers,
  salesPipeline,
  financeMetrics,
  budgetPlans,
  expenseTransactions,
  hrMetrics,
  employees,
  recruitmentPipeline,
  products,
  inventoryLevels,
  productPerformance,
  riskAssessments,
  complianceRecords,
  auditLogs,
];

/** Tables that know a person, or are the tenants. */
const ofPeople: readonly AccessRules[] = [tenants, userSessions, userMfa, oauthConnections];

/** Who may do what with every relation of the aems design. */
export const access: readonly AccessRules[] = [
  ...ofPeople.map(withPolicies),
  ...ofTenants.map(withIsolation),
  encryptionKeys,
  executiveDashboard,
  customerSegments,
  schemaMigrations,
];
