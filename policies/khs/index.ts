import type { AccessRules } from 'pgattest';
import { customers } from './customers.ts';
import { jobAssignments } from './job-assignments.ts';
import { jobs } from './jobs.ts';
import { materials } from './materials.ts';
import { activityLogs, jobStatusHistory } from './records.ts';
import { refreshTokens } from './refresh-tokens.ts';
import { syncOperations, syncQueue } from './sync.ts';
import { users } from './users.ts';
import { activeJobsDashboard, workerJobs } from './views.ts';

export { audit } from './audit.ts';
export { callable } from './functions.ts';

/** Who may do what with every relation of the khs design. */
export const access: readonly AccessRules[] = [
  users,
  refreshTokens,
  customers,
  jobs,
  jobAssignments,
  materials,
  jobStatusHistory,
  activityLogs,
  syncQueue,
  syncOperations,
  activeJobsDashboard,
  workerJobs,
];
