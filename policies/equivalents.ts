import type { Design } from 'pgattest';

/** Changes of access and audit that nobody could see, and why. */
export type Equivalents = NonNullable<Design['equivalentMutants']>;

/** Says of mutants, whose ids all begin alike, why nobody could see them. */
export function because(prefix: string) {
  return (reason: string, ...mutants: readonly string[]): Equivalents =>
    mutants.map((mutant) => ({ mutant: `${prefix}.${mutant}`, reason }));
}
