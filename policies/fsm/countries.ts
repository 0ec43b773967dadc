import type { AccessRules } from 'pgattest';
import { never } from '../saas/never.ts';
import { any } from '../saas/words/logic.ts';
import { systemAdmin } from '../saas/words/people.ts';
import { scopedInCountry } from './words/scopes.ts';

export const countries: AccessRules = {
  table: 'fsm.countries',
  key: ['code'],
  lines: [1560, 1570],
  select: {
    says: 'Who works in the field reads the countries of their valid scopes, whether these name a unit or the whole country; system admins read all, closed ones too.',
    where: any(scopedInCountry('"row".code'), systemAdmin),
  },
  insert: { says: 'System admins add countries.', where: systemAdmin },
  update: {
    says: 'System admins change countries, and open and close them; a code stays.',
    columns: ['name', 'currency', 'timezone', 'locale', 'is_active', 'configuration'],
    where: systemAdmin,
    to: 'true',
  },
  delete: never('Nobody deletes a country: it is closed.'),
};
