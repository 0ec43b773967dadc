import type { Design } from 'pgattest';

const own = '"row".organization_id::text';

/** The one organization that a user is of, whatever the membership's state; NULL for users of several. */
const ofUser = `(SELECT CASE WHEN count(DISTINCT membership.organization_id) = 1
  THEN min(membership.organization_id::text) END
  FROM core.organization_members AS membership WHERE membership.user_id = "row".id)`;

/** Whose each row is. */
export const tenancy: NonNullable<Design['tenancy']> = {
  tables: {
    'core.users': ofUser,
    'core.organizations': '"row".id::text',
    'core.organization_members': own,
    'core.categories': own,
    'core.products': own,
    'core.product_variants':
      '(SELECT product.organization_id::text FROM core.products AS product WHERE product.id = "row".product_id)',
    'core.orders': own,
    'core.order_items': own,
    'core.order_numbers': own,
    'core.order_counters': own,
    'core.inventory_locations': own,
    'core.inventory_levels': own,
    'core.inventory_movements': own,
    'archive.orders': own,
    'archive.order_items': own,
    'audit.logs': own,
  },
  actorTenants: `
    SELECT membership.organization_id::text FROM core.organization_members AS membership WHERE membership.user_id = actor.id
    UNION SELECT organization.id::text FROM core.organizations AS organization WHERE organization.created_by = actor.id`,
  oracles: [
    {
      constraint: 'users_email_unique',
      reason:
        'Nobody can sign up with an address that is taken: the application answers the same either way.',
    },
    {
      constraint: 'organizations_slug_unique',
      reason: 'A slug is part of the public address of an organization: whether it is taken is no secret.',
    },
  ],
};
