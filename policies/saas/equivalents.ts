import { because, type Equivalents } from '../equivalents.ts';

const since = because('saas');

/** Changes of access and audit that nobody could see, and why. */
export const equivalentMutants: Equivalents = [
  // Policies for all commands: what their condition gives, the policies of the other commands give as well.
  ...since(
    'who may add such a row may read, change and delete it as well',
    'app.attachments.attachments_insert_policy/command-widened/1',
    'app.comments.comments_insert_policy/command-widened/1',
    'app.organization_members.organization_members_insert_policy/command-widened/1',
    'app.tasks.tasks_insert_policy/command-widened/1',
    'auth.roles.roles_insert_policy/command-widened/1',
  ),
  ...since(
    'the policies of the other commands give the same rows, and that of INSERT gives more',
    'auth.roles.roles_delete_policy/command-widened/1',
    'auth.roles.roles_update_policy/command-widened/1',
  ),
  ...since(
    'who signs up reads and changes the row as its live user, and nobody has the privilege to delete it',
    'auth.users.users_insert_policy/command-widened/1',
  ),
  ...since(
    'a live user cannot add a row with the own id: it is there',
    'auth.users.users_update_policy/command-widened/1',
  ),
  // Conditions that others hold as well.
  ...since(
    'the organizations of a member are live, so what is public in them is given by the branch for everybody',
    'app.projects.projects_select_policy/list-shortened/2',
  ),
  // New rows: what USING looks at cannot be changed, or a guard refuses it.
  ...since(
    'guard_members refuses what USING would refuse of the new row: an admin who makes an owner',
    'app.organization_members.organization_members_update_policy/check-removed/1',
  ),
  ...since(
    'WITH CHECK looks at organization_id and user_id, which nobody may change',
    'app.organization_members.organization_members_update_policy/widened/2',
  ),
  ...since(
    'of what USING looks at, visibility, status and deleted_at may be changed, and guard_projects refuses that to members',
    'app.projects.projects_update_policy/widened/2',
  ),
  ...since(
    'nobody reads a membership of another organization in the first place, but their own',
    'auth.users.users_select_policy/conjunct-removed/9',
  ),
  // Helpers
  ...since(
    'the third look at the setting is reached only where one of the others has found it',
    'auth.current_user_id()/constant-changed/8',
  ),
  ...since(
    'the first branch of users_select_policy gives live users their own row, and of others it asks for none',
    'auth.active_user_id()/security-invoker/1',
  ),
  ...since(
    'a system admin is asked for projects that there are: a foreign key sees to it',
    'app.can_access_project(proj_id uuid)/conjunct-removed/23',
    'app.can_access_project(proj_id uuid)/condition-removed/1',
    'app.can_access_project(proj_id uuid)/negated/38',
    'app.can_access_project(proj_id uuid)/comparison-changed/23',
  ),
  ...since(
    'task_keys holds each id once: created_at only tells in which partition it is',
    'app.can_add_to_task(task uuid)/conjunct-removed/2',
  ),
  ...since(
    'only a role that ends in the microsecond in which the transaction began tells them apart',
    'auth.has_role(role_name text)/comparison-changed/8',
  ),
  ...since(
    'it only asks a function that has rights of its own, and that whoever runs it may run',
    'auth.is_system_admin()/security-invoker/1',
    'app.can_read_task(task uuid)/security-invoker/1',
  ),
  ...since(
    'owners and admins read every project of their organizations',
    'app.is_project_admin(proj_id uuid)/security-invoker/1',
  ),
  ...since(
    'whoever it says yes to reads the project, its organization and the own membership',
    'app.can_contribute(proj_id uuid)/security-invoker/1',
  ),
  ...since(
    'to a project that they do not read, the policy lets nobody move a task',
    'app.same_organization(one_project uuid, other_project uuid)/security-invoker/1',
  ),
  // Guards
  ...since(
    'ids of projects are none of tasks, nor are those of users: the guard is called more often, and refuses no more',
    'app.tasks.guard_tasks/column-swapped/1',
    'app.tasks.guard_tasks/column-swapped/2',
    'app.tasks.guard_tasks/column-swapped/3',
    'app.tasks.guard_tasks/column-swapped/4',
    'app.tasks.guard_tasks/column-swapped/5',
    'app.tasks.guard_tasks/column-swapped/7',
  ),
  ...since(
    'the guard refuses nothing but changes of the three columns that WHEN names',
    'app.tasks.guard_tasks/when-removed/1',
  ),
  ...since(
    'the policy gives whoever is no admin no deleted project, before the change or after it',
    'app.guard_projects()/disjunct-removed/3',
  ),
  ...since(
    'a project is in the same organization as itself',
    'app.guard_tasks()/conjunct-removed/1',
    'app.guard_tasks()/column-swapped/1',
    'app.guard_tasks()/column-swapped/2',
    'app.guard_tasks()/column-swapped/3',
    'app.guard_tasks()/column-swapped/4',
  ),
  ...since('the policy gives an admin no membership of an owner', 'app.guard_members()/disjunct-removed/1'),
  ...since(
    'the policy gives whoever is neither owner nor admin no membership but the own',
    'app.guard_members()/disjunct-removed/4',
  ),
  ...since(
    'the policy gives nobody but system admins, whom the guard has let go, another user than oneself',
    'auth.guard_users()/raise-removed/2',
    'auth.guard_users()/condition-false/4',
    'auth.guard_users()/conjunct-removed/1',
    'auth.guard_users()/negated/8',
    'auth.guard_users()/comparison-changed/4',
    'auth.guard_users()/column-swapped/5',
    'auth.guard_users()/column-swapped/6',
    'auth.guard_users()/column-swapped/7',
    'auth.guard_users()/column-swapped/8',
    'auth.guard_users()/constant-changed/2',
  ),
  // Audit
  ...since(
    'each partition strikes itself off in the statement that named it: nothing is left that could outlive the transaction',
    'audit.log_truncate()/constant-changed/6',
    'audit.log_truncate()/constant-changed/10',
  ),
  ...since(
    'the second look at the setting is reached only where the first has found it',
    'audit.client_address()/constant-changed/6',
  ),
  ...since(
    'OLD is NULL on INSERT and NEW on DELETE: without the CASE too',
    'audit.log_changes()/constant-changed/1',
    'audit.log_changes()/constant-changed/2',
  ),
];
