import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { all, any } from './words/logic.ts';
import { atLeast, memberOf, notBelow } from './words/organizations.ts';

/** What a category is, but for whose it is; its path and depth follow from the parent. */
const content = [
  'name',
  'slug',
  'description',
  'parent_id',
  'image_url',
  'position',
  'seo_title',
  'seo_description',
  'status',
];

export const categories: AccessRules = {
  table: 'core.categories',
  key: ['id'],
  lines: [586, 629],
  select: {
    says: 'Members read the categories of their organizations; deleted ones only admins and owners.',
    by: ['categories_select_policy'],
    where: all(
      memberOf('"row".organization_id'),
      any('"row".deleted_at IS NULL', notBelow('admin', '"row".organization_id')),
    ),
  },
  insert: {
    says: 'Members, but not viewers, add categories to their organization; nobody gives a path.',
    by: ['categories_insert_policy'],
    columns: ['id', 'organization_id', ...content],
    where: atLeast('member', '"new".organization_id'),
  },
  update: {
    says: 'Members, but not viewers, change the categories of their organization; only admins and owners delete them, or change deleted ones; nobody sets a path.',
    by: ['categories_update_policy'],
    columns: [...content, 'deleted_at'],
    where: all(
      atLeast('member', '"old".organization_id'),
      any('"old".deleted_at IS NULL', notBelow('admin', '"old".organization_id')),
    ),
    to: any('"new".deleted_at IS NULL', notBelow('admin', '"old".organization_id')),
  },
  delete: never('Nobody deletes a category for good: admins mark it as deleted.'),
};
