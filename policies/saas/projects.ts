import type { AccessRules } from 'pgattest';
import { all, any, unchanged } from './words/logic.ts';
import { contributorOf, liveOrganization, orgAdminOf } from './words/organizations.ts';
import { systemAdmin } from './words/people.ts';
import { canSeeProjectRow, notDeleted, privateOfActor } from './words/projects.ts';

export const projects: AccessRules = {
  table: 'app.projects',
  key: ['id'],
  lines: [349, 367],
  select: {
    says: 'Members read the live projects of their organization, private ones only their creator and organization admins; everybody reads live public ones; organization admins and system admins read deleted ones too.',
    lines: [1070, 1078],
    by: ['projects_select_policy'],
    where: canSeeProjectRow('"row"'),
  },
  insert: {
    says: 'Owners, admins and members start active projects in their live organization in their own name; system admins start projects in their own name in any live organization.',
    lines: [1080, 1085],
    by: ['projects_insert_policy'],
    where: all(
      '"new".created_by = actor.id',
      any(
        all(contributorOf('"new".organization_id'), `"new".status = 'active'`, '"new".deleted_at IS NULL'),
        all(systemAdmin, liveOrganization('"new".organization_id')),
      ),
    ),
  },
  update: {
    says: 'Owners, admins and members change the projects that they can see in their organization; only organization admins and system admins publish, archive or delete them.',
    lines: [1087, 1092],
    by: ['projects_update_policy'],
    columns: [
      'name',
      'slug',
      'description',
      'status',
      'visibility',
      'settings',
      'metadata',
      'start_date',
      'end_date',
      'deleted_at',
    ],
    // Can see it and is contributor of its organization, written out without what the one implies of the other: the
    // organization of a contributor is live, and to its members public is no different from organization.
    where: any(
      systemAdmin,
      orgAdminOf('"old".organization_id'),
      all(
        notDeleted('"old"'),
        contributorOf('"old".organization_id'),
        any(`"old".visibility IN ('organization', 'public')`, privateOfActor('"old"')),
      ),
    ),
    to: any(
      unchanged('visibility', 'status', 'deleted_at'),
      orgAdminOf('"old".organization_id'),
      systemAdmin,
    ),
  },
  delete: {
    says: 'Organization admins delete the projects of their live organization; system admins delete any.',
    lines: [1094, 1098],
    by: ['projects_delete_policy'],
    where: any(orgAdminOf('"row".organization_id'), systemAdmin),
  },
  guards: ['guard_projects'],
};
