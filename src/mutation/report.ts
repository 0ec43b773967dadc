import { z } from 'zod';

/** What became of a mutant. */
export const Fate = z.enum(['killed', 'survived', 'equivalent', 'stumbled', 'invalid']);
export type Fate = z.infer<typeof Fate>;

export const MutantResult = z.strictObject({
  id: z.string(),
  operator: z.string(),
  object: z.string(),
  /** Table, view or function. */
  group: z.string(),
  says: z.string(),
  statement: z.string(),
  fate: Fate,
  /** Killed: the claim that noticed, and what it said. */
  by: z.strictObject({ claim: z.string(), says: z.string(), object: z.string() }).optional(),
  /** Not killed: the text that differs. */
  before: z.string().optional(),
  after: z.string().optional(),
  /** Not killed: the claims that were tried. */
  tried: z.array(z.string()).optional(),
  /** Claims that could not be run with the mutant in, with the error; or why there is no mutant. */
  stumbles: z.array(z.strictObject({ claim: z.string().optional(), error: z.string() })).optional(),
  /** What the claims' data leave undecided, in which the difference may hide. */
  undecided: z.array(z.string()).optional(),
  /** Equivalent: why, as declared. */
  reason: z.string().optional(),
});
export type MutantResult = z.infer<typeof MutantResult>;

const counts = {
  mutants: z.int(),
  killed: z.int(),
  equivalent: z.int(),
  /** Stumbled ones among them. */
  survived: z.int(),
  /** killed / (mutants − equivalent) in percent; 100 when there is none. */
  score: z.number(),
};

/** What `pgattest mutate --json` prints, one for each design. */
export const MutationReport = z.strictObject({
  schema: z.literal('pgattest.mutation/1'),
  design: z.string(),
  seed: z.int(),
  scale: z.number(),
  /** Of the catalogue that the mutants were made of. */
  catalog: z.string(),
  total: z.strictObject(counts),
  groups: z.array(z.strictObject({ group: z.string(), ...counts })),
  /** Claims that do not hold without a mutant, with why: they kill none. */
  unsound: z.array(z.strictObject({ claim: z.string(), why: z.string() })),
  /** Declared equivalents that are not: killed, invalid, or no mutant at all. */
  misdeclared: z.array(z.strictObject({ mutant: z.string(), why: z.string() })),
  mutants: z.array(MutantResult),
  milliseconds: z.number(),
});
export type MutationReport = z.infer<typeof MutationReport>;
