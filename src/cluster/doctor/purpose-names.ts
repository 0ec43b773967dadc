/** What one can ask a machine to be fit for: the families of claims, and what is beside them. */
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
] as const;
export type PurposeName = (typeof purposeNames)[number];
