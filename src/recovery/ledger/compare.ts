import pg from 'pg';
import { textQuery } from '../../cluster/text-query.ts';
import { Book, type BookOptions, type LedgerBreak, type LedgerCut } from './book.ts';
import type { LedgerComparison } from './model.ts';
import { readLedger } from './read.ts';
import {
  entriesSql,
  invariants,
  missingSql,
  nextEntriesSql,
  nextRemnantsSql,
  remnantsSql,
  sessionSql,
} from './tables.ts';
import { Tally } from './verdict.ts';

export type { LedgerBreak, LedgerCut };

export interface CompareOptions extends BookOptions {
  readonly file: string;
  /** Connects to the recovered database as one who may read everything; the connection is ended. */
  readonly connect: () => Promise<pg.Client>;
  /** For a restore to a moment; milliseconds since the ledger began. Default: all that was acknowledged must be there. */
  readonly cut?: LedgerCut;
  /**
   * When commits may have been lost and others made after them, as by a failover to a replica that is behind. Gaps across them are no
   * disorder; what is lost is lost all the same. Default none.
   */
  readonly breaks?: readonly LedgerBreak[];
}

type Invariant = LedgerComparison['invariants'][number];

/**
 * Reads a ledger and the tables of a database side by side, as streams, with one byte of memory for each commit. Where the tables are
 * not there, or cannot be read, all that was acknowledged is lost, and an invariant says why. Throws ConfigError for a file that is no
 * ledger, and what the connection said where that is lost.
 */
export async function compareLedger(options: CompareOptions): Promise<LedgerComparison> {
  let book: Book | undefined;
  const header = await readLedger(options.file, {
    header: (found) => {
      book = new Book(found, options);
    },
    line: (line) => book?.line(line),
  });
  book ??= new Book(header, options);
  const held = await readTables(options.connect, book);
  const tally = new Tally(book);
  if (tally.timed) await readLedger(options.file, { line: (line) => tally.line(line) });
  return { ...tally.outcome(), invariants: held };
}

async function readTables(connect: () => Promise<pg.Client>, book: Book): Promise<readonly Invariant[]> {
  const client = await connect();
  try {
    await client.query(sessionSql);
    const { rows: missing } = await textQuery(client, missingSql);
    const there = invariant(
      "the ledger's tables are there",
      missing.length === 0 ? '' : `missing: ${missing.flat().join(', ')}`,
    );
    if (!there.holds) return [there];
    // Sorted: all is read before the first entry is given, so that an entry is found only where all can be read.
    const unreadable = await readable(() => readEntries(client, book));
    const can = invariant("the ledger's tables can be read", unreadable ?? '');
    if (unreadable !== undefined) return [there, can];
    const held: Invariant[] = [there, can];
    for (const { says, sql } of invariants) held.push(await ask(client, says, sql));
    held.push(counted('each entry is of the tenant that it was sent for', book.moved));
    return held;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ask(client: pg.Client, says: string, sql: string): Promise<Invariant> {
  let count = 0;
  const unreadable = await readable(async () => {
    count = Number((await textQuery(client, sql)).rows[0]?.[0]);
  });
  if (unreadable === undefined) return counted(says, count);
  await client.query('ROLLBACK');
  await client.query(sessionSql);
  return invariant(says, unreadable);
}

async function readEntries(client: pg.Client, book: Book): Promise<void> {
  await each(client, entriesSql, nextEntriesSql, ([writer, number, tenant, whole]) =>
    book.entry({
      writer: Number(writer),
      number: Number(number),
      tenant: Number(tenant),
      whole: whole === 't',
    }),
  );
  await each(client, remnantsSql, nextRemnantsSql, ([writer, number]) =>
    book.remnant(Number(writer ?? -1), Number(number ?? -1)),
  );
}

async function each(
  client: pg.Client,
  declare: string,
  fetch: string,
  see: (row: readonly (string | null)[]) => void,
): Promise<void> {
  await client.query(declare);
  for (;;) {
    const { rows } = await textQuery(client, fetch);
    if (rows.length === 0) return;
    for (const row of rows) see(row);
  }
}

/** Damage that the server finds while it reads (XX), files that it cannot read (58), columns that are not there (42): in its words. */
async function readable(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof pg.DatabaseError && /^(?:XX|58|42)/.test(error.code ?? '')) return error.message;
    throw error;
  }
}

const counted = (says: string, count: number) =>
  invariant(says, count === 0 ? '' : `${count} ${count === 1 ? 'exception' : 'exceptions'}`);

const invariant = (says: string, wrong: string): Invariant => ({
  says,
  holds: wrong === '',
  actual: wrong === '' ? 'so it is' : wrong,
});
