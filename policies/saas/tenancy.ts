import type { Design } from 'pgattest';

/** The one organization that a user is of, whatever the membership's state; NULL for users of several. */
const ofUser = (id: string) => `(SELECT CASE WHEN count(DISTINCT membership.organization_id) = 1
  THEN min(membership.organization_id::text) END
  FROM app.organization_members AS membership WHERE membership.user_id = ${id})`;

const ofProject = (id: string) =>
  `(SELECT project.organization_id::text FROM app.projects AS project WHERE project.id = ${id})`;

const projectOfTask = (id: string) => `(SELECT task.project_id FROM app.tasks AS task WHERE task.id = ${id})`;

const taskOfAttachment = `coalesce("row".task_id,
  (SELECT comment.task_id FROM app.comments AS comment WHERE comment.id = "row".comment_id))`;

/** Public projects, and what is in them, are for everybody. */
const isPublic = (project: string) =>
  `EXISTS (SELECT FROM app.projects AS project WHERE project.id = ${project} AND project.visibility = 'public')`;

/** Whose each row of the saas design is. Roles are for all; the audit log and its readers are of no tenant. */
export const tenancy: NonNullable<Design['tenancy']> = {
  tables: {
    'auth.users': ofUser('"row".id'),
    'auth.user_roles': ofUser('"row".user_id'),
    'auth.sessions': ofUser('"row".user_id'),
    'auth.password_reset_tokens': ofUser('"row".user_id'),
    'auth.email_verification_tokens': ofUser('"row".user_id'),
    'app.organizations': '"row".id::text',
    'app.organization_members': '"row".organization_id::text',
    'app.projects': '"row".organization_id::text',
    'app.tasks': ofProject('"row".project_id'),
    'app.task_keys': ofProject(projectOfTask('"row".id')),
    'app.comments': ofProject(projectOfTask('"row".task_id')),
    'app.attachments': ofProject(projectOfTask(taskOfAttachment)),
    'app.notifications': ofUser('"row".user_id'),
    'analytics.events': '"row".organization_id::text',
    'analytics.page_views': ofUser('"row".user_id'),
  },
  actorTenants: `
    SELECT membership.organization_id::text FROM app.organization_members AS membership WHERE membership.user_id = actor.id
    UNION SELECT organization.id::text FROM app.organizations AS organization WHERE organization.created_by = actor.id
    UNION SELECT organization.id::text FROM app.organizations AS organization WHERE EXISTS (
      SELECT FROM auth.user_roles AS assignment JOIN auth.roles AS granted ON granted.id = assignment.role_id
      WHERE assignment.user_id = actor.id AND granted.name = 'admin')`,
  shared: {
    'app.projects': `"row".visibility = 'public'`,
    'app.tasks': isPublic('"row".project_id'),
    'app.task_keys': isPublic(projectOfTask('"row".id')),
    'app.comments': isPublic(projectOfTask('"row".task_id')),
    'app.attachments': isPublic(projectOfTask(taskOfAttachment)),
  },
  deciding: {
    'app.organizations': {
      where: `EXISTS (SELECT FROM app.projects AS project
        WHERE project.organization_id = "row".id AND project.visibility = 'public')`,
      columns: ['status', 'deleted_at'],
    },
  },
  oracles: [
    {
      constraint: 'events_pkey',
      reason:
        'A number counts together with a microsecond alone, and tells that something was recorded then, not of whom.',
    },
    { constraint: 'page_views_pkey', reason: 'As for events.' },
    {
      constraint: 'sessions_token_hash_key',
      reason: 'The hash of a random token: who knows one holds the session.',
    },
    {
      constraint: 'users_email_key',
      reason:
        'Nobody can sign up with an address that is taken: the application answers the same either way.',
    },
    {
      constraint: 'organizations_slug_key',
      reason: 'A slug is part of the public address of an organization: whether it is taken is no secret.',
    },
  ],
};
