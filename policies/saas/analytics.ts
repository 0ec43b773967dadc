import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { all, any } from './words/logic.ts';
import { memberOf, orgAdminOf } from './words/organizations.ts';
import { liveActor, systemAdmin } from './words/people.ts';

const unchanging = never('Nobody changes or deletes what was recorded.');

/** Recorded for nobody, or for the live actor. */
const byActorOrNobody = any('"new".user_id IS NULL', all('"new".user_id = actor.id', liveActor));

export const events: AccessRules = {
  table: 'analytics.events',
  key: ['id', 'created_at'],
  lines: [463, 476],
  select: {
    says: 'Owners and admins read the events of their organization; system admins read all.',
    where: any(orgAdminOf('"row".organization_id'), systemAdmin),
  },
  insert: {
    says: 'Everybody records events, in nobody’s name or their own, for no organization or one of theirs.',
    where: all(byActorOrNobody, any('"new".organization_id IS NULL', memberOf('"new".organization_id'))),
  },
  update: unchanging,
  delete: unchanging,
};

export const pageViews: AccessRules = {
  table: 'analytics.page_views',
  key: ['id', 'created_at'],
  lines: [485, 496],
  select: { says: 'System admins read page views.', where: systemAdmin },
  insert: { says: 'Everybody records page views, in nobody’s name or their own.', where: byActorOrNobody },
  update: unchanging,
  delete: unchanging,
};

const aggregate = never('Statistics of all tenants together: no request of the application reaches them.');
const statistics = { select: aggregate, insert: aggregate, update: aggregate, delete: aggregate } as const;

export const projectStats: AccessRules = {
  ...statistics,
  table: 'analytics.project_stats',
  key: ['project_id'],
  lines: [528, 545],
};

export const userActivityStats: AccessRules = {
  ...statistics,
  table: 'analytics.user_activity_stats',
  key: ['user_id'],
  lines: [550, 564],
};
