import { all, any, type Condition } from './logic.ts';
import { liveOrganization, memberOf, notReaderOf, orgAdminOf } from './organizations.ts';
import { systemAdmin } from './people.ts';

/** The id is that of a project that meets a condition over the alias `project`. */
export function projectWith(id: string, condition: Condition): Condition {
  return `(${id} IN (SELECT project.id FROM app.projects AS project WHERE ${condition}))`;
}

/** Neither deleted nor in an organization that is not live. For the alias of a row of `app.projects`. */
export function liveProjectRow(alias: string): Condition {
  return all(notDeleted(alias), liveOrganization(`${alias}.organization_id`));
}

/** Not in the waste basket, whatever its organization is. */
export function notDeleted(alias: string): Condition {
  return all(`${alias}.deleted_at IS NULL`, `${alias}.status <> 'deleted'`);
}

/** The project is private and the actor made it. */
export function privateOfActor(alias: string): Condition {
  return `((${alias}.visibility, ${alias}.created_by) = ('private', actor.id))`;
}

/**
 * Everyone sees live public projects; members also the live ones of the organization and their own private ones; org
 * admins and system admins see deleted ones too. For the alias of a row of `app.projects`.
 */
export function canSeeProjectRow(alias: string): Condition {
  const organization = `${alias}.organization_id`;
  return any(
    systemAdmin,
    orgAdminOf(organization),
    all(
      liveProjectRow(alias),
      any(
        `${alias}.visibility = 'public'`,
        all(memberOf(organization), any(`${alias}.visibility = 'organization'`, privateOfActor(alias))),
      ),
    ),
  );
}

/** The actor can see the project with the id. */
export function canSeeProject(id: string): Condition {
  return projectWith(id, canSeeProjectRow('project'));
}

/** The actor is owner or admin of the organization of the project with the id. */
export function orgAdminOfProject(id: string): Condition {
  return projectWith(id, orgAdminOf('project.organization_id'));
}

/** The project with the id is live. */
export function liveProject(id: string): Condition {
  return projectWith(id, liveProjectRow('project'));
}

/** The project is live, and the actor sees it and is contributor of its organization, or is system admin. */
export function canContributeTo(id: string): Condition {
  return all(
    liveProject(id),
    any(
      systemAdmin,
      all(
        canSeeProject(id),
        projectWith(id, memberOf('project.organization_id')),
        projectWith(id, notReaderOf('project.organization_id')),
      ),
    ),
  );
}
