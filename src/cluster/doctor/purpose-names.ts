import type { Family } from '../../evidence/verdict.ts';

/**
 * Spelled out, since the command line shows them before it loads anything else.
 * What one can ask a machine to be fit for: the families of claims, and what is beside them.
 */
export const purposeNames = [
  'access',
  'audit',
  'structure',
  'topology',
  'load',
  'recovery',
  'migration',
  'containers',
  'pdf',
] as const satisfies readonly (Family | 'containers' | 'pdf')[];
export type PurposeName = (typeof purposeNames)[number];
