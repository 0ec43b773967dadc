import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { all, any, unchanged } from './words/logic.ts';
import { isActor, systemAdmin } from './words/people.ts';
import { canContributeTo, canSeeProject, liveProject, orgAdminOfProject } from './words/projects.ts';
import { canReadTaskRow } from './words/tasks.ts';

/** The old and the new project are of one organization. */
const staysInOrganization = `(
  (SELECT origin.organization_id FROM app.projects AS origin WHERE origin.id = "old".project_id) =
  (SELECT goal.organization_id FROM app.projects AS goal WHERE goal.id = "new".project_id))`;

export const tasks: AccessRules = {
  table: 'app.tasks',
  key: ['id', 'created_at'],
  lines: [369, 391],
  select: {
    says: 'Who can see a project reads its tasks; deleted ones only their reporter, organization admins and system admins.',
    lines: [1100, 1106],
    by: ['tasks_select_policy'],
    where: canReadTaskRow('"row"'),
  },
  insert: {
    says: 'Who can contribute to a live project reports tasks in it, in their own name.',
    lines: [1108, 1113],
    by: ['tasks_insert_policy'],
    where: all(
      canContributeTo('"new".project_id'),
      '"new".reporter_id = actor.id',
      '"new".deleted_at IS NULL',
    ),
  },
  update: {
    says: 'Assignee, reporter, organization admins and system admins change a task that they can read, in a project to which they can contribute, and may hand it over or move it within the organization; only reporter and admins delete it, only admins change the reporter.',
    lines: [1115, 1126],
    by: ['tasks_update_policy'],
    columns: [
      'project_id',
      'parent_task_id',
      'title',
      'description',
      'status',
      'priority',
      'assignee_id',
      'reporter_id',
      'due_date',
      'estimated_hours',
      'actual_hours',
      'tags',
      'metadata',
      'position',
      'completed_at',
      'deleted_at',
    ],
    // An assignee cannot read a deleted task.
    where: all(
      canContributeTo('"old".project_id'),
      any(
        all(isActor('"old".assignee_id'), '"old".deleted_at IS NULL'),
        isActor('"old".reporter_id'),
        orgAdminOfProject('"old".project_id'),
        systemAdmin,
      ),
    ),
    // Contributor of the old project's organization is contributor of the new one's: what is left is that the new
    // project is live and visible.
    to: all(
      staysInOrganization,
      liveProject('"new".project_id'),
      canSeeProject('"new".project_id'),
      any(unchanged('reporter_id'), orgAdminOfProject('"old".project_id'), systemAdmin),
      any(
        unchanged('deleted_at'),
        isActor('"old".reporter_id'),
        orgAdminOfProject('"old".project_id'),
        systemAdmin,
      ),
    ),
  },
  delete: {
    says: 'The reporter, organization admins and system admins delete a task for good while they can contribute to its project.',
    lines: [1128, 1138],
    by: ['tasks_delete_policy'],
    where: all(
      canContributeTo('"row".project_id'),
      any(isActor('"row".reporter_id'), orgAdminOfProject('"row".project_id'), systemAdmin),
    ),
  },
  guards: ['guard_tasks'],
};

const internal = never('The register of task ids is internal: no request of the application reaches it.');

export const taskKeys: AccessRules = {
  table: 'app.task_keys',
  key: ['id'],
  select: internal,
  insert: internal,
  update: internal,
  delete: internal,
};
