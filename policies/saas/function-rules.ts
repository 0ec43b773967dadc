import { liveOrganization, memberOf, withMembershipBesideActor } from './words/organizations.ts';
import { liveAccount, systemAdmin } from './words/people.ts';
import { canContributeTo, canSeeProject, orgAdminOfProject } from './words/projects.ts';
import { canReadTask, canReadTaskRow } from './words/tasks.ts';

const organizationIds = `SELECT id AS org_id FROM app.organizations`;
const projectIds = `SELECT id AS proj_id FROM app.projects`;
const taskIds = `SELECT id AS task FROM app.tasks`;
/** Tasks alone, comments alone, comments with their task and with another. */
const taskAndComment = `
  SELECT comment.task_id AS task, NULL::uuid AS comment FROM app.comments AS comment
  UNION SELECT NULL, comment.id FROM app.comments AS comment
  UNION SELECT comment.task_id, comment.id FROM app.comments AS comment
  UNION SELECT (SELECT max(other.task_id::text)::uuid FROM app.comments AS other), comment.id FROM app.comments AS comment`;

const liveId = `(SELECT me.id FROM auth.users AS me WHERE me.id = actor.id AND ${liveAccount('me')})`;

/** The task that an attachment to `args` hangs on. */
const attachedTask = `coalesce(args.task, (SELECT comment.task_id FROM app.comments AS comment WHERE comment.id = args.comment))`;

const yes = (condition: string) => `coalesce(${condition}, false)`;

/** The actor's role in an organization, where both are live and the membership is active. */
const roleIn = `(SELECT mine.role::text FROM app.organization_members AS mine
  JOIN auth.users AS me ON me.id = mine.user_id JOIN app.organizations AS ours ON ours.id = mine.organization_id
  WHERE mine.organization_id = args.org_id AND mine.user_id = actor.id AND mine.status = 'active' AND ${liveAccount('me')}
    AND ours.status IN ('active', 'trial') AND ours.deleted_at IS NULL)`;

const readableProject = (task: string) =>
  `(SELECT task.project_id FROM app.tasks AS task WHERE task.id = ${task} AND ${canReadTaskRow('task')})`;

const liveTaskProject = (task: string) =>
  `(SELECT task.project_id FROM app.tasks AS task WHERE task.id = ${task} AND task.deleted_at IS NULL)`;

/** What each of them gives an actor, over base tables. */
export const functionRules: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'auth.active_user_id()': { says: 'The live actor’s id.', returns: liveId },
  'auth.is_system_admin()': { says: 'The live actor is a system admin now.', returns: yes(systemAdmin) },
  'auth.has_role(role_name text)': {
    says: 'The live actor holds the role now.',
    args: 'SELECT name::text AS role_name FROM auth.roles',
    returns: `EXISTS (SELECT FROM auth.users AS me JOIN auth.user_roles AS assignment ON assignment.user_id = me.id
      JOIN auth.roles AS granted ON granted.id = assignment.role_id
      WHERE me.id = actor.id AND ${liveAccount('me')} AND granted.name = args.role_name
        AND (assignment.expires_at IS NULL OR assignment.expires_at > now()))`,
  },
  'app.is_live_organization(org_id uuid)': {
    says: 'The organization is live.',
    args: organizationIds,
    returns: yes(liveOrganization('args.org_id')),
  },
  'app.get_organization_role(org_id uuid)': {
    says: 'The live actor’s role in the live organization.',
    args: organizationIds,
    returns: roleIn,
  },
  'app.is_organization_member(org_id uuid)': {
    says: 'The live actor is an active member of the live organization.',
    args: organizationIds,
    returns: yes(memberOf('args.org_id')),
  },
  'app.member_organizations(VARIADIC roles text[])': {
    says: 'The live organizations in which the live actor has one of the roles.',
    args: `SELECT roles FROM (VALUES (ARRAY['owner']), (ARRAY['owner', 'admin']), (ARRAY['member', 'viewer']), (ARRAY['none'])) AS list(roles)`,
    rows: `SELECT mine.organization_id FROM app.organization_members AS mine
      WHERE mine.user_id = actor.id AND mine.status = 'active' AND mine.role = ANY (args.roles)
        AND ${liveOrganization('mine.organization_id')} AND ${memberOf('mine.organization_id')}`,
  },
  'app.task_made_at(task uuid)': {
    says: 'When a task that the actor can read was made.',
    args: taskIds,
    returns: `(SELECT task.created_at FROM app.tasks AS task WHERE task.id = args.task AND ${canReadTaskRow('task')})`,
  },
  'app.search_tasks(words text, with_tags text[], up_to integer)': {
    says: 'The tasks with these words and tags that the actor can read.',
    args: `SELECT lower(split_part(task.title, ' ', 1)) AS words, NULL::text[] AS with_tags, 1000000 AS up_to FROM app.tasks AS task
      UNION SELECT NULL, ARRAY[task.tags[1]], 1000000 FROM app.tasks AS task WHERE task.tags[1] IS NOT NULL`,
    rows: `SELECT task.id, task.created_at FROM app.tasks AS task
      WHERE (args.words IS NULL OR to_tsvector('english', concat(task.title, ' ', task.description)) @@ websearch_to_tsquery('english', args.words))
        AND (args.with_tags IS NULL OR task.tags @> args.with_tags) AND ${canReadTaskRow('task')}`,
  },
  'app.has_members(org_id uuid)': {
    says: 'The organization has a member, whatever the status: what tells its maker whether it is still to be set up.',
    args: organizationIds,
    returns: `EXISTS (SELECT FROM app.organization_members AS any_member WHERE any_member.organization_id = args.org_id)`,
  },
  'app.shares_organization(other_user uuid)': {
    says: 'The other is live and an active member of one of the actor’s organizations.',
    args: 'SELECT id AS other_user FROM auth.users',
    returns: yes(withMembershipBesideActor('args.other_user', 'active')),
  },
  'app.can_access_project(proj_id uuid)': {
    says: 'The actor sees the project.',
    args: projectIds,
    returns: yes(canSeeProject('args.proj_id')),
  },
  'app.is_project_admin(proj_id uuid)': {
    says: 'The actor is owner or admin of the project’s organization.',
    args: projectIds,
    returns: yes(orgAdminOfProject('args.proj_id')),
  },
  'app.can_contribute(proj_id uuid)': {
    says: 'The actor may work in the project.',
    args: projectIds,
    returns: yes(canContributeTo('args.proj_id')),
  },
  'app.same_organization(one_project uuid, other_project uuid)': {
    says: 'Both projects are of one organization.',
    args: `SELECT one.id AS one_project, other.id AS other_project FROM app.projects AS one, app.projects AS other`,
    returns: `EXISTS (SELECT FROM app.projects AS one JOIN app.projects AS other ON other.organization_id = one.organization_id
      WHERE one.id = args.one_project AND other.id = args.other_project)`,
  },
  'app.readable_task_project(task uuid)': {
    says: 'The project of a task that the actor can read.',
    args: taskIds,
    returns: readableProject('args.task'),
  },
  'app.can_read_task(task uuid)': {
    says: 'The actor can read the task.',
    args: taskIds,
    returns: yes(canReadTask('args.task')),
  },
  'app.can_add_to_task(task uuid)': {
    says: 'The task is not deleted and the actor may work in its project.',
    args: taskIds,
    returns: yes(canContributeTo(liveTaskProject('args.task'))),
  },
  'app.readable_attachment_project(task uuid, comment uuid)': {
    says: 'The project of the task, or of the comment’s, that the actor can read.',
    args: taskAndComment,
    returns: readableProject(attachedTask),
  },
  'app.can_attach(task uuid, comment uuid)': {
    says: 'The actor may add to the task, and the comment, where one is given, is of it.',
    args: taskAndComment,
    returns: `(args.task IS NULL OR args.comment IS NULL
      OR EXISTS (SELECT FROM app.comments AS given WHERE given.id = args.comment AND given.task_id = args.task))
      AND ${yes(canContributeTo(liveTaskProject(attachedTask)))}`,
  },
};
