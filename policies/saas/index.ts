import type { AccessRules } from 'pgattest';
import { events, pageViews, projectStats, userActivityStats } from './analytics.ts';
import { attachments } from './attachments.ts';
import { auditLog } from './audit-log.ts';
import { comments } from './comments.ts';
import { members } from './members.ts';
import { notifications } from './notifications.ts';
import { organizations } from './organizations.ts';
import { projects } from './projects.ts';
import { roles, userRoles } from './roles.ts';
import { emailVerificationTokens, passwordResetTokens, sessions } from './sessions.ts';
import { taskKeys, tasks } from './tasks.ts';
import { users } from './users.ts';

export { audit } from './audit.ts';

/** Who may do what with every relation of the saas design. */
export const access: readonly AccessRules[] = [
  users,
  roles,
  userRoles,
  sessions,
  passwordResetTokens,
  emailVerificationTokens,
  organizations,
  members,
  projects,
  tasks,
  taskKeys,
  comments,
  attachments,
  notifications,
  events,
  pageViews,
  projectStats,
  userActivityStats,
  auditLog,
];
