import type { Design } from './design.ts';

/** Schemas whose catalogue is read: those under test, and those that another design proves but this one's trail may lie in. */
export function catalogSchemas(design: Pick<Design, 'schemas' | 'provedElsewhere'>): readonly string[] {
  return [...design.schemas, ...(design.provedElsewhere ?? [])];
}
