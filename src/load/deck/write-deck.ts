import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ValidDesign } from '../../design/validate.ts';
import { type DeckOptions, deckHeader, deckTransactions } from './make-deck.ts';

export interface WrittenDeck {
  readonly file: string;
  readonly transactions: number;
  /** Of all its transactions together. */
  readonly reads: number;
  readonly writes: number;
  /** How many of each tenant. */
  readonly tenants: ReadonlyMap<string, number>;
}

/** Writes a deck, a transaction at a time, for this account alone. Throws what the disk says, or ConfigError for the workload. */
export async function writeDeck(
  file: string,
  design: ValidDesign,
  options: DeckOptions,
): Promise<WrittenDeck> {
  const header = deckHeader(design, options);
  const tenants = new Map<string, number>();
  let reads = 0;
  let writes = 0;
  function* lines(): Generator<string, void, void> {
    yield `${JSON.stringify(header)}\n`;
    for (const transaction of deckTransactions(design, options)) {
      tenants.set(transaction.tenant, (tenants.get(transaction.tenant) ?? 0) + 1);
      for (const [statement] of transaction.calls) {
        if (header.statements[statement]?.kind === 'read') reads++;
        else writes++;
      }
      yield `${JSON.stringify(transaction)}\n`;
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(file, { mode: 0o600 }));
  return { file, transactions: options.transactions, reads, writes, tenants };
}
