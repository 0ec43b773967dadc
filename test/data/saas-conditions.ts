/** Rows that the rules of the saas design need, as queries that must find one. They see `actor (name, id)`. */
interface Condition {
  readonly says: string;
  readonly sql: string;
}

const liveUser = "u.status = 'active' AND u.deleted_at IS NULL";
const liveOrganization = "o.status IN ('active', 'trial') AND o.deleted_at IS NULL";
const liveProject = "p.deleted_at IS NULL AND p.status <> 'deleted'";

const named = (name: string): string => `(SELECT id FROM actor WHERE name = '${name}')`;

/** Members with different roles of the first tenant: their own side and the other of whatever turns on a person. */
const plain = ['member', 'viewer', 'memberOfTwo'];

const tenantOf = (actor: string): string => `
  SELECT m.organization_id FROM app.organization_members m JOIN app.organizations o ON o.id = m.organization_id
   WHERE m.user_id = ${named(actor)} AND m.status = 'active' AND ${liveOrganization}`;

/** Projects of the actor's live organizations that they can see, the waste basket left out. */
const visible = (actor: string): string => `
  SELECT p.id FROM app.projects p WHERE p.organization_id IN (${tenantOf(actor)}) AND ${liveProject}
     AND (p.visibility <> 'private' OR p.created_by = ${named(actor)})`;

const hidden = (actor: string): string => `
  SELECT p.id FROM app.projects p WHERE p.organization_id IN (${tenantOf(actor)}) AND p.id NOT IN (${visible(actor)})`;

function projectsFor(actor: string): Condition[] {
  const states = {
    live: `${liveProject} AND p.status = 'active'`,
    'deleted_at set': "p.deleted_at IS NOT NULL AND p.status = 'active'",
    'status deleted': "p.deleted_at IS NULL AND p.status = 'deleted'",
  };
  return Object.entries(states).flatMap(([state, where]) =>
    ['=', '<>'].map((own) => ({
      says: `${actor}: a private project, ${state}, ${own === '=' ? 'their own' : "somebody else's"}`,
      sql: `SELECT FROM app.projects p WHERE p.visibility = 'private' AND p.created_by ${own} ${named(actor)}
               AND p.organization_id IN (${tenantOf(actor)}) AND ${where}`,
    })),
  );
}

function tasksFor(actor: string): Condition[] {
  const me = named(actor);
  const parts = {
    reported: `t.reporter_id = ${me} AND t.assignee_id IS DISTINCT FROM ${me}`,
    assigned: `t.assignee_id = ${me} AND t.reporter_id IS DISTINCT FROM ${me}`,
    neither: `t.assignee_id IS DISTINCT FROM ${me} AND t.reporter_id IS DISTINCT FROM ${me}`,
  };
  const places = { 'can see': visible(actor), 'cannot see': hidden(actor) };
  return Object.entries(parts).flatMap(([part, who]) =>
    Object.entries(places).flatMap(([place, projects]) =>
      ['IS NULL', 'IS NOT NULL'].map((deleted) => ({
        says: `${actor}: a task, ${part}, ${deleted === 'IS NULL' ? 'live' : 'deleted'}, in a project they ${place}`,
        sql: `SELECT FROM app.tasks t WHERE ${who} AND t.deleted_at ${deleted} AND t.project_id IN (${projects})`,
      })),
    ),
  );
}

function talkFor(actor: string): Condition[] {
  const me = named(actor);
  const readable = `t.deleted_at IS NULL AND t.project_id IN (${visible(actor)})`;
  const places = {
    'a task they can read': readable,
    'a deleted task of another': `t.deleted_at IS NOT NULL AND t.reporter_id IS DISTINCT FROM ${me}`,
    'a task of a project they cannot see': `t.project_id IN (${hidden(actor)})`,
  };
  const comments = Object.entries(places).flatMap(([place, where]) =>
    ['=', '<>'].flatMap((own) =>
      ['IS NULL', 'IS NOT NULL'].map((deleted) => ({
        says: `${actor}: a comment, ${own === '=' ? 'own' : "another's"}, deleted_at ${deleted}, on ${place}`,
        sql: `SELECT FROM app.comments c JOIN app.tasks t ON t.id = c.task_id
               WHERE c.user_id ${own} ${me} AND c.deleted_at ${deleted} AND ${where}`,
      })),
    ),
  );
  const attachments = ['=', '<>'].flatMap((own) =>
    ['IS NULL', 'IS NOT NULL'].map((deleted) => ({
      says: `${actor}: an attachment they can reach, ${own === '=' ? 'own' : "another's"}, deleted_at ${deleted}`,
      sql: `SELECT FROM app.attachments a LEFT JOIN app.comments c ON c.id = a.comment_id
              JOIN app.tasks t ON t.id = coalesce(a.task_id, c.task_id)
             WHERE a.uploaded_by ${own} ${me} AND a.deleted_at ${deleted} AND ${readable}`,
    })),
  );
  return [...comments, ...attachments];
}

const colleague = (where: string): string => `
  SELECT FROM app.organization_members m JOIN auth.users u ON u.id = m.user_id
    JOIN app.organizations o ON o.id = m.organization_id
   WHERE m.organization_id IN (${tenantOf('owner')}) AND u.id <> ${named('owner')} AND ${where}`;

const membership = (actor: string, where: string): string => `
  SELECT FROM app.organization_members m JOIN app.organizations o ON o.id = m.organization_id
    JOIN auth.users u ON u.id = m.user_id WHERE m.user_id = ${named(actor)} AND ${where}`;

const adminRole = (actor: string, where: string): string => `
  SELECT FROM auth.user_roles ur JOIN auth.roles r ON r.id = ur.role_id JOIN auth.users u ON u.id = ur.user_id
   WHERE ur.user_id = ${named(actor)} AND r.name = 'admin' AND ${where}`;

const people: readonly Condition[] = [
  { says: 'a live colleague', sql: colleague(`m.status = 'active' AND ${liveUser}`) },
  { says: 'a pending colleague', sql: colleague(`m.status = 'pending' AND ${liveUser}`) },
  { says: 'a suspended member', sql: colleague(`m.status = 'suspended' AND ${liveUser}`) },
  { says: 'a removed member', sql: colleague(`m.status = 'removed' AND ${liveUser}`) },
  { says: 'a suspended user', sql: colleague(`u.status = 'suspended'`) },
  { says: 'a user with status deleted', sql: colleague(`u.status = 'deleted' AND u.deleted_at IS NOT NULL`) },
  {
    says: 'a user with deleted_at alone',
    sql: colleague(`u.status = 'active' AND u.deleted_at IS NOT NULL`),
  },
  {
    says: "a removed member who is nobody else's colleague",
    sql: `${colleague(`m.status = 'removed' AND ${liveUser}`)} AND NOT EXISTS (
      SELECT FROM app.organization_members x WHERE x.user_id = u.id AND x.status <> 'removed')`,
  },
  {
    says: 'a stranger to the owner of the suspended organization who is in that alone',
    sql: membership(
      'ownerOfSuspended',
      "o.status = 'suspended' AND m.role = 'owner' AND m.status = 'active'",
    ),
  },
  {
    says: 'a live user with no membership',
    sql: `SELECT FROM auth.users u WHERE u.id = ${named('outsider')} AND ${liveUser}
             AND NOT EXISTS (SELECT FROM app.organization_members m WHERE m.user_id = u.id)`,
  },
  {
    says: 'an e-mail address that a deleted user had, in other capitals',
    sql: `SELECT FROM auth.users a JOIN auth.users u ON lower(a.email) = lower(u.email) AND a.id <> u.id
           WHERE a.deleted_at IS NOT NULL AND ${liveUser}`,
  },
  {
    says: 'the newcomer is no user',
    sql: `SELECT WHERE NOT EXISTS (SELECT FROM auth.users WHERE id = ${named('newcomer')})`,
  },
  {
    says: 'member: pending elsewhere',
    sql: membership('member', `m.status = 'pending' AND ${liveOrganization}`),
  },
  {
    says: 'member: active in one with deleted_at',
    sql: membership('member', "m.status = 'active' AND o.deleted_at IS NOT NULL AND o.status = 'active'"),
  },
  {
    says: 'ownerOfSecond: viewer elsewhere',
    sql: membership('ownerOfSecond', `m.role = 'viewer' AND m.status = 'active' AND ${liveOrganization}`),
  },
  {
    says: 'suspended user, else an admin',
    sql: membership(
      'suspendedUser',
      `m.role = 'admin' AND m.status = 'active' AND u.status = 'suspended' AND ${liveOrganization}`,
    ),
  },
  {
    says: 'deleted user, else a member',
    sql: membership('deletedUser', `m.status = 'active' AND u.status = 'deleted' AND ${liveOrganization}`),
  },
  {
    says: 'self-deleted user, else an owner',
    sql: membership(
      'leaver',
      `m.role = 'owner' AND m.status = 'active' AND u.status = 'active' AND u.deleted_at IS NOT NULL`,
    ),
  },
  {
    says: 'suspended membership of a live user',
    sql: membership(
      'suspendedMember',
      `m.role = 'owner' AND m.status = 'suspended' AND ${liveUser} AND ${liveOrganization}`,
    ),
  },
  {
    says: 'a trial organization with a member',
    sql: membership('memberOfThird', "m.status = 'active' AND o.status = 'trial' AND o.deleted_at IS NULL"),
  },
  { says: 'admin role without end', sql: adminRole('systemAdmin', `ur.expires_at IS NULL AND ${liveUser}`) },
  {
    says: 'admin role until later',
    sql: adminRole('temporaryAdmin', `ur.expires_at > now() AND ${liveUser}`),
  },
  { says: 'admin role expired', sql: adminRole('formerAdmin', `ur.expires_at < now() AND ${liveUser}`) },
  {
    says: 'admin role of a suspended user',
    sql: adminRole('suspendedUser', `ur.expires_at IS NULL AND u.status = 'suspended'`),
  },
  {
    says: 'admin role of a self-deleted user',
    sql: adminRole('leaver', `ur.expires_at IS NULL AND u.deleted_at IS NOT NULL AND u.status = 'active'`),
  },
  {
    says: 'another role',
    sql: `SELECT FROM auth.user_roles ur JOIN auth.roles r ON r.id = ur.role_id WHERE ur.user_id = ${named('member')} AND r.name <> 'admin'`,
  },
  {
    says: 'a role that nobody holds and is no system role',
    sql: 'SELECT FROM auth.roles r WHERE NOT is_system AND NOT EXISTS (SELECT FROM auth.user_roles WHERE role_id = r.id)',
  },
];

const organizations: readonly Condition[] = [
  ...['active', 'trial', 'suspended', 'deleted'].map((status) => ({
    says: `an organization, ${status}, with active members`,
    sql: `SELECT FROM app.organizations o JOIN app.organization_members m ON m.organization_id = o.id
           WHERE o.status = '${status}' AND m.status = 'active'`,
  })),
  {
    says: 'an organization with deleted_at alone',
    sql: "SELECT FROM app.organizations WHERE status = 'active' AND deleted_at IS NOT NULL",
  },
  ...(['outsider', 'deletedUser'] as const).map((name) => ({
    says: `an organization without members, made by ${name}`,
    sql: `SELECT FROM app.organizations o WHERE created_by = ${named(name)}
             AND NOT EXISTS (SELECT FROM app.organization_members WHERE organization_id = o.id)`,
  })),
  {
    says: 'an organization with members, made by a live user who is none of them',
    sql: `SELECT FROM app.organizations o WHERE created_by = ${named('outsider')} AND ${liveOrganization}
             AND EXISTS (SELECT FROM app.organization_members WHERE organization_id = o.id)`,
  },
  ...['suspended', 'deleted'].map((status) => ({
    says: `a live public project in an organization that is ${status}`,
    sql: `SELECT FROM app.projects p JOIN app.organizations o ON o.id = p.organization_id
           WHERE o.status = '${status}' AND p.visibility = 'public' AND ${liveProject}`,
  })),
  ...['suspendedMember', 'invited', 'leaver', 'suspendedUser', 'deletedUser'].map((name) => ({
    says: `a live private project made by ${name}`,
    sql: `SELECT FROM app.projects p JOIN app.organizations o ON o.id = p.organization_id
             WHERE p.created_by = ${named(name)} AND p.visibility = 'private' AND ${liveProject} AND ${liveOrganization}`,
  })),
  {
    says: 'a deleted task that an outsider reported in a public project',
    sql: `SELECT FROM app.tasks t JOIN app.projects p ON p.id = t.project_id JOIN app.organizations o
              ON o.id = p.organization_id
           WHERE t.reporter_id = ${named('outsider')} AND t.deleted_at IS NOT NULL AND p.visibility = 'public'
             AND ${liveProject} AND ${liveOrganization}`,
  },
];

const attachmentKinds: readonly Condition[] = [
  ['task alone', 'task_id IS NOT NULL AND comment_id IS NULL'],
  ['comment alone', 'task_id IS NULL AND comment_id IS NOT NULL'],
  ['both', 'task_id IS NOT NULL AND comment_id IS NOT NULL'],
].flatMap(([kind, where]) =>
  ['IS NULL', 'IS NOT NULL'].map((deleted) => ({
    says: `an attachment of ${kind}, deleted_at ${deleted}`,
    sql: `SELECT FROM app.attachments WHERE ${where} AND deleted_at ${deleted}`,
  })),
);

const ownRows: readonly Condition[] = [
  'member',
  'systemAdmin',
  'suspendedUser',
  'deletedUser',
  'leaver',
].flatMap((name) => [
  ...['is_read', 'NOT is_read'].map((read) => ({
    says: `${name}: a notification, ${read}`,
    sql: `SELECT FROM app.notifications WHERE user_id = ${named(name)} AND ${read}`,
  })),
  {
    says: `${name}: a session`,
    sql: `SELECT FROM auth.sessions WHERE user_id = ${named(name)} AND expires_at > now()`,
  },
]);

const events: readonly Condition[] = ['IS NULL', 'IS NOT NULL']
  .flatMap((user) => ['IS NULL', 'IS NOT NULL'].map((organization) => [user, organization]))
  .map(([user, organization]) => ({
    says: `an event, user_id ${user}, organization_id ${organization}`,
    sql: `SELECT FROM analytics.events WHERE user_id ${user} AND organization_id ${organization}`,
  }));

const eventsOf: readonly Condition[] = ['owner', 'ownerOfSecond', 'ownerOfSuspended'].map((name) => ({
  says: `an event of an organization that ${name} owns`,
  sql: `SELECT FROM analytics.events e JOIN app.organization_members m ON m.organization_id = e.organization_id
         WHERE m.user_id = ${named(name)} AND m.role = 'owner'`,
}));

export const conditions: readonly Condition[] = [
  ...people,
  ...organizations,
  ...plain.flatMap((actor) => [...projectsFor(actor), ...tasksFor(actor), ...talkFor(actor)]),
  ...attachmentKinds,
  ...ownRows,
  ...events,
  ...eventsOf,
  { says: 'statistics of projects', sql: 'SELECT FROM analytics.project_stats WHERE total_tasks > 0' },
  { says: 'statistics of users', sql: 'SELECT FROM analytics.user_activity_stats WHERE tasks_assigned > 0' },
];
