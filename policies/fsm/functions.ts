import { callable as generic } from '../saas/functions.ts';

/** SECURITY DEFINER functions that requests may execute: those of the generic application, and where the actor works. */
export const callable: readonly string[] = [
  ...generic,
  'fsm.scoped_countries()',
  'fsm.scoped_units(VARIADIC roles text[])',
];
