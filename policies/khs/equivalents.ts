import { because, type Equivalents } from '../equivalents.ts';

const since = because('khs.public');

/** Changes of access and audit that nobody could see, and why. */
export const equivalentMutants: Equivalents = [
  ...since(
    'an active user cannot add a row with the own id: it is there; what an owner may add the other policies give',
    'users.users_update_policy/command-widened/1',
  ),
  ...since(
    'of what USING looks at a worker may change is_deleted alone, and guard_jobs refuses that',
    'jobs.jobs_update_policy/widened/2',
  ),
  ...since(
    'nobody changes job_id, the one column that WITH CHECK looks at, and USING has asked the same of the old row',
    'materials.materials_update_policy/widened/2',
    'materials.materials_update_policy/condition-removed/2',
  ),
  ...since(
    'who may add such a material reads its job, which is live: the other policies ask no more of a live material',
    'materials.materials_insert_policy/command-widened/1',
  ),
  // Helpers
  ...since(
    'whoever calls it reads the jobs that they are assigned to, which are those that it looks up',
    'assigned_customers()/security-invoker/1',
  ),
  ...since(
    'the policy gives who is no owner the own row alone, and that is refused for being the own',
    'guard_users()/disjunct-removed/3',
  ),
  ...since(
    'khs_owner, which no policy is for, reaches no row, and no foreign key changes a row on its behalf',
    'is_request()/disjunct-removed/3',
    'is_request()/constant-changed/1',
  ),
  // Triggers
  ...since(
    'only who may read and change every user may write an assignment',
    'check_assignment_worker()/security-invoker/1',
  ),
  ...since(
    'only who may change every assignment may change the role of a user',
    'end_assignments()/security-invoker/1',
  ),
  ...since(
    'an owner has no live assignment, before the change or after it: assignment_worker sees to it',
    'users.promoted_worker/conjunct-removed/1',
    'users.promoted_worker/conjunct-removed/2',
  ),
  ...since(
    'nobody may run it but its owner, and through maintain_partitions, which has the rights of the same owner',
    'create_monthly_partitions(*)/security-invoker/1',
  ),
  ...since(
    'OLD is NULL on INSERT: the other branch writes the same',
    'track_job_status_change()/condition-false/1',
    'track_job_status_change()/constant-changed/1',
  ),
  ...since(
    'it runs job_status_may_change alone, which reads no table either',
    'check_job_status_transition()/security-definer/1',
  ),
  // Audit
  ...since(
    'OLD is NULL on INSERT and NEW on DELETE: without the CASE too',
    'log_changes()/constant-changed/1',
    'log_changes()/constant-changed/2',
  ),
  ...since(
    'bump_version changes the version only when something else changes too',
    'log_changes()/list-shortened/2',
    'log_changes()/constant-changed/4',
  ),
  // The sync queue
  ...since(
    'what was just added to sync_operations is there, and its id is in the queue once',
    'keep_sync_operations()/conjunct-removed/1',
  ),
  ...since(
    'an id that is known, with another user or key, is in the queue twice, which the other half refuses',
    'keep_sync_operations()/conjunct-removed/4',
    'keep_sync_operations()/conjunct-removed/5',
  ),
  ...since(
    'every operation that is known has its row in the queue, but the one that was just removed',
    'keep_sync_operations()/conjunct-removed/6',
  ),
  ...since(
    'a row that moves to another partition is removed and added: what is known of it goes and comes back',
    'keep_sync_operations()/conjunct-removed/7',
    'keep_sync_operations()/column-swapped/27',
    'keep_sync_operations()/column-swapped/28',
    'keep_sync_operations()/column-swapped/29',
    'keep_sync_operations()/column-swapped/30',
  ),
];
