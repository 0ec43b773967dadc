import type { AccessRules } from 'pgattest';
import { never } from '../saas/never.ts';
import { all, any } from '../saas/words/logic.ts';
import { systemAdmin } from '../saas/words/people.ts';
import { manages, scopedIn, scopedInUnitOfProject } from './words/scopes.ts';

/** An operator of the unit who is responsible for the project. For the alias of a row of `fsm.projects`. */
function responsibleOperator(alias: string) {
  return all(
    scopedIn(`${alias}.business_unit_id`, 'operator'),
    `${alias}.responsible_operator_id = actor.id`,
  );
}

export const projects: AccessRules = {
  table: 'fsm.projects',
  key: ['id'],
  lines: [1890, 1906],
  select: {
    says: 'Who is scoped in an open unit reads its projects; system admins read all.',
    where: any(scopedIn('"row".business_unit_id'), systemAdmin),
  },
  insert: {
    says: 'Managers of an open unit open projects in it, operators those for which they are responsible themselves; system admins open any.',
    columns: [
      'id',
      'project_name',
      'customer_id',
      'country_code',
      'business_unit_id',
      'status',
      'responsible_operator_id',
    ],
    where: all(
      `"new".status = 'OPEN'`,
      any(manages('"new".business_unit_id'), responsibleOperator('"new"'), systemAdmin),
    ),
  },
  update: {
    says: 'Managers of an open unit change its projects, operators those for which they are responsible and stay so; system admins change all.',
    columns: ['project_name', 'status', 'responsible_operator_id'],
    where: any(manages('"old".business_unit_id'), responsibleOperator('"old"'), systemAdmin),
    // The unit cannot change, so who may change the project as a responsible operator is one still.
    to: any(manages('"old".business_unit_id'), '"new".responsible_operator_id = actor.id', systemAdmin),
  },
  delete: never('Nobody deletes a project: it is cancelled.'),
};

const history = never('Only a trigger records who was responsible, and nobody changes what it recorded.');

export const ownershipHistory: AccessRules = {
  table: 'fsm.project_ownership_history',
  key: ['id'],
  lines: [1917, 1925],
  select: {
    says: 'Who is scoped in the open unit of a project reads who was responsible for it; system admins read all.',
    where: any(scopedInUnitOfProject('"row".project_id'), systemAdmin),
  },
  insert: history,
  update: history,
  delete: history,
};

const aggregate = never('Workload of all units together: no request of the application reaches it.');

export const operatorWorkload: AccessRules = {
  table: 'fsm.operator_workload',
  key: ['operator_id'],
  lines: [1935, 1946],
  select: aggregate,
  insert: aggregate,
  update: aggregate,
  delete: aggregate,
};
