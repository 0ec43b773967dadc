import type { AccessRules } from 'pgattest';
import { never } from '../saas/never.ts';
import { any } from '../saas/words/logic.ts';
import { systemAdmin } from '../saas/words/people.ts';
import { fsmUser, manages, scopedIn } from './words/scopes.ts';

export const salesSystems: AccessRules = {
  table: 'fsm.sales_systems',
  key: ['id'],
  lines: [1621, 1636],
  secret: ['configuration'],
  select: {
    says: 'Who has a valid scope reads the sales systems, inactive ones too, as do system admins; nobody reads how to get into them.',
    where: any(fsmUser, systemAdmin),
  },
  insert: { says: 'System admins add sales systems.', where: systemAdmin },
  update: {
    says: 'System admins change sales systems; a code stays.',
    columns: [
      'name',
      'vendor',
      'description',
      'api_base_url',
      'api_version',
      'authentication_type',
      'is_active',
      'supported_countries',
      'configuration',
      'data_mapping',
    ],
    where: systemAdmin,
    to: 'true',
  },
  delete: never('Nobody deletes a sales system: it is switched off.'),
};

export const unitSalesSystems: AccessRules = {
  table: 'fsm.business_unit_sales_systems',
  key: ['id'],
  lines: [1642, 1653],
  secret: ['configuration'],
  select: {
    says: 'Who is scoped in an open unit reads through which systems it sells; system admins read all; nobody reads how to get into them.',
    where: any(scopedIn('"row".business_unit_id'), systemAdmin),
  },
  insert: { says: 'System admins connect units with sales systems.', where: systemAdmin },
  update: {
    says: 'System admins change how a unit is connected with a sales system, not which with which.',
    columns: ['is_primary', 'priority', 'is_active', 'configuration'],
    where: systemAdmin,
    to: 'true',
  },
  delete: { says: 'System admins disconnect units from sales systems.', where: systemAdmin },
};

export const channelConfigurations: AccessRules = {
  table: 'fsm.sales_channel_configurations',
  key: ['id'],
  lines: [1784, 1815],
  select: {
    says: 'Who is scoped in an open unit reads the rules of its sales channels; system admins read all.',
    where: any(scopedIn('"row".business_unit_id'), systemAdmin),
  },
  insert: {
    says: 'Managers of an open unit add rules for its sales channels; system admins for any.',
    where: any(manages('"new".business_unit_id'), systemAdmin),
  },
  update: {
    says: 'Managers of an open unit change the rules of its sales channels, system admins all, not whose and of which channel they are.',
    columns: [
      'sla_p1_hours',
      'sla_p2_hours',
      'pricing_markup_percentage',
      'discount_percentage',
      'allow_same_day_scheduling',
      'require_customer_confirmation',
      'auto_assign',
      'send_sms_notifications',
      'send_email_notifications',
      'notification_language',
      'rules',
      'is_active',
    ],
    where: any(manages('"old".business_unit_id'), systemAdmin),
    to: 'true',
  },
  delete: {
    says: 'Managers of an open unit delete the rules of its sales channels, system admins all.',
    where: any(manages('"row".business_unit_id'), systemAdmin),
  },
};
