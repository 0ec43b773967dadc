import type { AccessRules } from 'pgattest';
import { any } from '../saas/words/logic.ts';
import { isUser, manager, writer } from './words/actor.ts';
import {
  addedBy,
  changedByManagers,
  changedByUsers,
  readBesidesManagers,
  softDeleted,
} from './words/domain.ts';

export const financeMetrics: AccessRules = {
  table: 'finance.finance_metrics',
  key: ['id'],
  lines: [369, 393],
  select: {
    says: 'The staff of a tenant read its finance metrics, managers the deleted ones too.',
    where: readBesidesManagers(),
  },
  insert: { says: 'Managers add finance metrics of their tenant.', where: addedBy(manager) },
  update: {
    says: 'Managers change the finance metrics of their tenant, but no margin by hand.',
    columns: [
      'metric_date',
      'period_type',
      'total_revenue',
      'total_expenses',
      'gross_profit',
      'net_profit',
      'ebitda',
      'cash_flow',
      'accounts_receivable',
      'accounts_payable',
      'cash_balance',
      'burn_rate',
      'runway_months',
      'deleted_at',
    ],
    ...changedByManagers,
  },
  delete: softDeleted,
  try: { deleted_at: ['now()'] },
};

export const budgetPlans: AccessRules = {
  table: 'finance.budget_plans',
  key: ['id'],
  lines: [396, 416],
  select: {
    says: 'The staff of a tenant read its budgets, managers the deleted ones too.',
    where: readBesidesManagers(),
  },
  insert: { says: 'Managers add budgets of their tenant.', where: addedBy(manager) },
  update: {
    says: 'Managers change the budgets of their tenant, but no variance by hand.',
    columns: [
      'name',
      'fiscal_year',
      'department',
      'category',
      'planned_amount',
      'actual_amount',
      'period_start',
      'period_end',
      'status',
      'notes',
      'deleted_at',
    ],
    ...changedByManagers,
  },
  delete: softDeleted,
  try: { deleted_at: ['now()'] },
};

export const expenseTransactions: AccessRules = {
  table: 'finance.expense_transactions',
  key: ['id'],
  lines: [419, 442],
  select: {
    says: 'People read the expenses that they entered or that are theirs, managers all of the tenant.',
    where: readBesidesManagers(any(isUser('"row".created_by'), isUser('"row".employee_id'))),
  },
  insert: {
    says: 'Users and managers enter expenses of their tenant, all of them pending.',
    where: addedBy(writer, `"new".approval_status = 'pending'`),
  },
  update: {
    says: 'Users change or cancel the pending expenses that they entered; managers change all and decide; nobody says by hand who decided, and when.',
    columns: [
      'transaction_date',
      'amount',
      'currency',
      'category',
      'subcategory',
      'vendor',
      'description',
      'department',
      'employee_id',
      'receipt_url',
      'tax_amount',
      'is_reimbursable',
      'approval_status',
      'deleted_at',
    ],
    ...changedByUsers(
      [isUser('"old".created_by'), `"old".approval_status = 'pending'`],
      [`"new".approval_status IN ('pending', 'cancelled')`],
    ),
  },
  delete: softDeleted,
};
