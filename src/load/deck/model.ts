import { z } from 'zod';

/**
 * A deck: transactions ready to be played, so that a generator need not make any parameter while it measures. JSON lines:
 * the header, then a transaction a line. Parameters and settings are PostgreSQL's text format; null is NULL.
 */
export const deckSchema = 'pgattest.deck/1';

/** Transactions of a deck: so many that no second plays the same rows twice. */
export const usualLength = 2_000;

export const DeckHeader = z.strictObject({
  schema: z.literal(deckSchema),
  design: z.string(),
  mix: z.string(),
  statements: z.array(z.strictObject({ name: z.string(), kind: z.enum(['read', 'write']), sql: z.string() })),
  role: z.string().nullable().describe('SET LOCAL ROLE in each transaction; null: the login is the role'),
  settingsLast: z.enum(['transaction', 'session']),
});
export type DeckHeader = z.infer<typeof DeckHeader>;

const Expectation = z.strictObject({
  rows: z.int().nonnegative().optional(),
  atLeast: z.int().nonnegative().optional(),
  own: z.tuple([z.int().nonnegative(), z.array(z.string())]).optional(),
});

/** Index of the statement, its parameters, what must hold of its result. */
const Call = z.union([
  z.tuple([z.int().nonnegative(), z.array(z.string().nullable())]),
  z.tuple([z.int().nonnegative(), z.array(z.string().nullable()), Expectation]),
]);

export const DeckTransaction = z.strictObject({
  transaction: z.string(),
  tenant: z.string(),
  settings: z.record(z.string(), z.string()),
  calls: z.array(Call).min(1),
});
export type DeckTransaction = z.infer<typeof DeckTransaction>;
export type DeckCall = DeckTransaction['calls'][number];
