import type { AccessRules } from 'pgattest';
import { all, any } from './words/logic.ts';
import { isActor, systemAdmin } from './words/people.ts';
import { canReadAndContributeToTask, canReadTask, liveTask, orgAdminOfTask } from './words/tasks.ts';

export const comments: AccessRules = {
  table: 'app.comments',
  key: ['id'],
  lines: [405, 418],
  select: {
    says: 'Who can read a task reads its comments; deleted ones only their author and organization admins; system admins read all.',
    lines: [1140, 1149],
    by: ['comments_select_policy'],
    where: any(
      systemAdmin,
      all(
        canReadTask('"row".task_id'),
        any('"row".deleted_at IS NULL', isActor('"row".user_id'), orgAdminOfTask('"row".task_id')),
      ),
    ),
  },
  insert: {
    says: 'Who can contribute to a project comments, in their own name, on the tasks of it that they can read and that are not deleted.',
    lines: [1151, 1160],
    by: ['comments_insert_policy'],
    where: all(
      '"new".user_id = actor.id',
      '"new".deleted_at IS NULL',
      liveTask('"new".task_id'),
      canReadAndContributeToTask('"new".task_id'),
    ),
  },
  update: {
    says: 'Authors change and delete their own comments on tasks that they can read, in projects to which they can contribute.',
    lines: [1162, 1166],
    by: ['comments_update_policy'],
    columns: ['content', 'mentions', 'attachments', 'is_edited', 'deleted_at'],
    where: all(isActor('"old".user_id'), canReadAndContributeToTask('"old".task_id')),
    to: 'true',
  },
  delete: {
    says: 'Authors delete for good their own comments on tasks that they can read; system admins delete any.',
    lines: [1168, 1173],
    by: ['comments_delete_policy'],
    where: any(systemAdmin, all(isActor('"row".user_id'), canReadTask('"row".task_id'))),
  },
  try: { deleted_at: ['now()'] },
};
