import type { AccessRules } from 'pgattest';
import { all, any, type Condition } from './words/logic.ts';
import { isActor, systemAdmin } from './words/people.ts';
import { canReadAndContributeToTask, canReadTask, liveTask, orgAdminOfTask } from './words/tasks.ts';

/** The id of the task that an attachment belongs to: its own, or else that of the comment it hangs on. */
function taskOf(alias: string): string {
  return `coalesce(${alias}.task_id, ${taskOfComment(alias)})`;
}

function taskOfComment(alias: string): string {
  return `(SELECT remark.task_id FROM app.comments AS remark WHERE remark.id = ${alias}.comment_id)`;
}

/** The uploader and those who look after the task's organization or the system, while they can read the task. */
function looksAfter(alias: string): Condition {
  return all(
    canReadTask(taskOf(alias)),
    any(isActor(`${alias}.uploaded_by`), orgAdminOfTask(taskOf(alias)), systemAdmin),
  );
}

export const attachments: AccessRules = {
  table: 'app.attachments',
  key: ['id'],
  lines: [420, 436],
  select: {
    says: 'Who can read a task reads the attachments of it and of its comments; deleted ones only their uploader and organization admins; system admins read all.',
    where: any(
      systemAdmin,
      all(
        canReadTask(taskOf('"row"')),
        any('"row".deleted_at IS NULL', isActor('"row".uploaded_by'), orgAdminOfTask(taskOf('"row"'))),
      ),
    ),
  },
  insert: {
    says: 'Who can contribute to a project attaches files, in their own name, to the tasks of it that they can read and that are not deleted, and to comments on them.',
    where: all(
      '"new".uploaded_by = actor.id',
      '"new".deleted_at IS NULL',
      liveTask(taskOf('"new"')),
      canReadAndContributeToTask(taskOf('"new"')),
      `coalesce("new".task_id = ${taskOfComment('"new"')}, true)`,
    ),
  },
  update: {
    says: 'The uploader, organization admins and system admins mark an attachment as deleted, or restore it, while they can read its task.',
    columns: ['deleted_at'],
    where: looksAfter('"old"'),
    to: 'true',
  },
  delete: {
    says: 'The uploader, organization admins and system admins delete an attachment for good while they can read its task.',
    where: looksAfter('"row"'),
  },
  try: {
    deleted_at: ['now()'],
    // A comment of the same task, and one of another.
    comment_id: [
      'SELECT remark.id FROM app.comments AS remark WHERE remark.task_id = "new".task_id ORDER BY remark.id LIMIT 1',
      'SELECT remark.id FROM app.comments AS remark WHERE remark.task_id <> "new".task_id ORDER BY remark.id LIMIT 1',
    ],
  },
};
