/** Kinds of checks that say more of the data than of the schema, and take minutes: the scenario `audit` has them. */
export const aboutData: readonly string[] = ['access.coverage'];
