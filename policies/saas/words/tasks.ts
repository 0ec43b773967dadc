import { all, any, type Condition } from './logic.ts';
import { memberOf, notReaderOf } from './organizations.ts';
import { isActor, systemAdmin } from './people.ts';
import { canSeeProject, liveProject, orgAdminOfProject, projectWith } from './projects.ts';

/** The id is that of a task that meets a condition over the alias `task`. */
export function taskWith(id: string, condition: Condition): Condition {
  return `(${id} IN (SELECT task.id FROM app.tasks AS task WHERE ${condition}))`;
}

/**
 * Tasks of visible projects; deleted ones only for their reporter and for those who look after the organization or
 * the system. For the alias of a row of `app.tasks`.
 */
export function canReadTaskRow(alias: string): Condition {
  return all(
    canSeeProject(`${alias}.project_id`),
    any(
      `${alias}.deleted_at IS NULL`,
      isActor(`${alias}.reporter_id`),
      orgAdminOfProject(`${alias}.project_id`),
      systemAdmin,
    ),
  );
}

/** The actor can read the task with the id. */
export function canReadTask(id: string): Condition {
  return taskWith(id, canReadTaskRow('task'));
}

/** The actor is owner or admin of the organization of the task with the id. */
export function orgAdminOfTask(id: string): Condition {
  return taskWith(id, orgAdminOfProject('task.project_id'));
}

/**
 * The actor can contribute to the project of a task that it can read. Seeing the project goes without saying: who can
 * read the task sees its project.
 */
export function canReadAndContributeToTask(id: string): Condition {
  return all(
    canReadTask(id),
    taskWith(id, liveProject('task.project_id')),
    any(
      systemAdmin,
      all(
        taskWith(id, projectWith('task.project_id', memberOf('project.organization_id'))),
        taskWith(id, projectWith('task.project_id', notReaderOf('project.organization_id'))),
      ),
    ),
  );
}

/** The task with the id is not deleted. */
export function liveTask(id: string): Condition {
  return taskWith(id, 'task.deleted_at IS NULL');
}
