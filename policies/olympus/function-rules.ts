import { all } from './words/logic.ts';
import { atLeast, memberOf } from './words/organizations.ts';
import { isActor, liveAccount } from './words/people.ts';

const organizationIds = 'SELECT organization.id AS org_id FROM core.organizations AS organization';

/** Every role of the actor's, one above and one that there is not. */
const asRole = (organization: string) => `(CASE args.required_role
  WHEN 'viewer' THEN ${memberOf(organization)}
  WHEN 'member' THEN ${atLeast('member', organization)}
  WHEN 'manager' THEN ${atLeast('manager', organization)}
  WHEN 'admin' THEN ${atLeast('admin', organization)}
  WHEN 'owner' THEN ${atLeast('owner', organization)}
  ELSE false END)`;

const roles = "(VALUES ('viewer'), ('member'), ('manager'), ('admin'), ('owner'), ('none'))";

const organizationsWhere = (condition: string) =>
  `SELECT organization.id FROM core.organizations AS organization WHERE ${condition}`;

/** A membership and not an invitation. For the alias of a row. */
const accepted = (alias: string) => `(${alias}.status = 'active' AND ${alias}.accepted_at IS NOT NULL)`;

/** What functions with more rights give an actor, over base tables. */
export const functionRules: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'auth.active_uid()': {
    says: 'The live actor’s id.',
    returns: `(SELECT me.id FROM core.users AS me WHERE me.id = actor.id AND ${liveAccount('me')})`,
  },
  'auth.user_organizations()': {
    says: 'The actor’s organizations.',
    rows: organizationsWhere(memberOf('organization.id')),
  },
  'auth.organizations_as(required_role text)': {
    says: 'The organizations in which the actor has that role or a higher one.',
    args: `SELECT required_role FROM ${roles} AS list(required_role)`,
    rows: organizationsWhere(asRole('organization.id')),
  },
  'auth.user_role(org_id uuid)': {
    says: 'The actor’s role in the organization.',
    args: organizationIds,
    returns: `(SELECT mine.role::text FROM core.organization_members AS mine WHERE mine.organization_id = args.org_id
      AND mine.user_id = actor.id AND ${accepted('mine')} AND ${memberOf('args.org_id')})`,
  },
  'auth.has_permission(org_id uuid, required_role text)': {
    says: 'The actor has that role in the organization, or a higher one.',
    args: `SELECT organization.id AS org_id, required_role FROM core.organizations AS organization, ${roles} AS list(required_role)`,
    returns: `coalesce(${asRole('args.org_id')}, false)`,
  },
  'auth.has_members(org_id uuid)': {
    says: 'Anybody ever joined the organization: what tells its founder whether it is still to be set up.',
    args: organizationIds,
    returns:
      'EXISTS (SELECT FROM core.organization_members AS anyone WHERE anyone.organization_id = args.org_id)',
  },
  'auth.colleagues()': {
    says: 'Who has accepted a membership of one of the actor’s organizations.',
    rows: `SELECT theirs.user_id FROM core.organization_members AS theirs
      WHERE ${accepted('theirs')} AND ${memberOf('theirs.organization_id')}`,
  },
  'core.search_products(org_id uuid, query text)': {
    says: 'Products of an organization of the actor’s that are not deleted.',
    args: 'SELECT product.organization_id AS org_id, product.name::text AS query FROM core.products AS product',
    rows: `SELECT product.* FROM core.products AS product
      WHERE product.organization_id = args.org_id AND product.deleted_at IS NULL
        AND product.search_vector @@ plainto_tsquery('english', args.query) AND ${memberOf('args.org_id')}`,
  },
  'core.accept_invitation(token text)': {
    says: 'The live actor accepts an invitation of their own that has not expired.',
    args: `(SELECT mine.invitation_token::text AS token FROM core.organization_members AS mine
        WHERE mine.user_id = actor.id AND mine.invitation_token IS NOT NULL ORDER BY 1 LIMIT 4)
      UNION (SELECT other.invitation_token FROM core.organization_members AS other
        WHERE other.invitation_token IS NOT NULL ORDER BY 1 LIMIT 6)
      UNION SELECT 'no such token'`,
    allowed: `EXISTS (SELECT FROM core.organization_members AS mine WHERE mine.invitation_token = args.token
      AND mine.accepted_at IS NULL AND mine.status = 'active' AND ${isActor('mine.user_id')}
      AND (mine.invitation_expires_at IS NULL OR mine.invitation_expires_at > now()))`,
  },
  'core.transfer_ownership(org_id uuid, new_owner uuid)': {
    says: 'The owner hands a live organization over to another live member.',
    args: `(SELECT theirs.organization_id AS org_id, theirs.user_id AS new_owner FROM core.organization_members AS theirs
        WHERE ${memberOf('theirs.organization_id')} ORDER BY theirs.id LIMIT 12)
      UNION (SELECT theirs.organization_id, theirs.user_id FROM core.organization_members AS theirs ORDER BY theirs.id LIMIT 4)`,
    allowed: all(
      atLeast('owner', 'args.org_id'),
      'args.new_owner <> actor.id',
      `EXISTS (SELECT FROM core.organization_members AS heir JOIN core.users AS person ON person.id = heir.user_id
        WHERE heir.organization_id = args.org_id AND heir.user_id = args.new_owner
          AND ${accepted('heir')} AND ${liveAccount('person')})`,
    ),
  },
};
