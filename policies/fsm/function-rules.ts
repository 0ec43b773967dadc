import { functionRules as generic } from '../saas/function-rules.ts';
import { scopedIn, scopedInCountry } from './words/scopes.ts';

const roles = ['viewer', 'operator', 'manager'] as const;

/** What functions with more rights give an actor, over base tables: those of the generic application, and where the actor works. */
export const functionRules: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ...generic,
  'fsm.scoped_countries()': {
    says: 'The countries of the actor’s valid scopes.',
    rows: `SELECT country.code::text FROM fsm.countries AS country WHERE ${scopedInCountry('country.code')}`,
  },
  'fsm.scoped_units(VARIADIC roles text[])': {
    says: 'The open units in which the actor has one of the roles.',
    args: `SELECT roles FROM (VALUES (ARRAY['viewer']), (ARRAY['operator', 'manager']), (ARRAY['manager']), (ARRAY['none'])) AS list(roles)`,
    rows: `SELECT open.id FROM fsm.business_units AS open WHERE ${roles
      .map((role) => `('${role}' = ANY (args.roles) AND ${scopedIn('open.id', role)})`)
      .join(' OR ')}`,
  },
};
