import type { AccessRules } from 'pgattest';
import { isActorsEmployee, manager, writer } from './words/actor.ts';
import { addedBy, changedByUsers, readBesidesManagers, softDeleted } from './words/domain.ts';

export const riskAssessments: AccessRules = {
  table: 'risk.risk_assessments',
  key: ['id'],
  lines: [627, 649],
  select: {
    says: 'The staff of a tenant read its risks, managers the deleted ones too.',
    where: readBesidesManagers(),
  },
  insert: { says: 'Users and managers add risks of their tenant.', where: addedBy(writer) },
  update: {
    says: 'Users change the risks that they own as employees and may hand them over, but no score by hand; managers change, delete and restore every one.',
    columns: [
      'risk_name',
      'risk_category',
      'description',
      'likelihood',
      'impact',
      'owner_id',
      'status',
      'mitigation_plan',
      'contingency_plan',
      'last_review_date',
      'next_review_date',
      'deleted_at',
    ],
    ...changedByUsers([isActorsEmployee('"old".owner_id')]),
  },
  delete: softDeleted,
};

export const complianceRecords: AccessRules = {
  table: 'risk.compliance_records',
  key: ['id'],
  lines: [652, 670],
  select: {
    says: 'The staff of a tenant read its compliance records, managers the deleted ones too.',
    where: readBesidesManagers(),
  },
  insert: { says: 'Managers add compliance records of their tenant.', where: addedBy(manager) },
  update: {
    says: 'Users change the compliance records for which they are responsible as employees and may hand them over; managers change, delete and restore every one.',
    columns: [
      'regulation_name',
      'compliance_area',
      'requirement_description',
      'compliance_status',
      'last_audit_date',
      'next_audit_date',
      'responsible_party',
      'evidence_documentation',
      'remediation_plan',
      'deadline',
      'deleted_at',
    ],
    ...changedByUsers([isActorsEmployee('"old".responsible_party')]),
  },
  delete: softDeleted,
};
