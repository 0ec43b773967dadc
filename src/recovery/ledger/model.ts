import type pg from 'pg';

/**
 * What the writers of a drill keep: a file of JSON lines that only grows, on this program's side, flushed to disk. A commit is `sent`
 * before it leaves, and then `acknowledged`, `failed` (the server said no, and nothing of it is there), or `indeterminate` (the
 * connection was lost before the answer). A commit that was sent and of which nothing more is said is indeterminate too: whoever kept the
 * ledger died.
 */
export const ledgerSchema = 'pgattest.ledger/1';

export interface LedgerHeader {
  readonly schema: typeof ledgerSchema;
  /** The wall clock at 0. */
  readonly startedAt: string;
  readonly writers: number;
  readonly tenants: number;
}

/** `[state, writer, number, microseconds since the beginning]`, and what the server said of a failure. */
export type LedgerLine =
  | readonly [state: 's' | 'a', writer: number, number: number, at: number]
  | readonly [state: 'f' | 'i', writer: number, number: number, at: number, why: string];

/** Where writers connect: an entry of the pooler, or a server. */
export type LedgerRoute = () => pg.ClientConfig;

export interface LedgerCounts {
  readonly sent: number;
  readonly acknowledged: number;
  readonly failed: number;
  readonly indeterminate: number;
}

/** Writers at work. Times are milliseconds of performance.now(). */
export interface LedgerLoad {
  readonly file: string;
  /** What performance.now() said at 0 of the ledger. */
  readonly origin: number;
  /** What is under way is indeterminate as yet. */
  readonly counts: LedgerCounts;
  /** When the last commit was acknowledged. */
  readonly lastAcknowledged: number | undefined;
  /** Commits a second, acknowledged over the last so many milliseconds. */
  rate(overMs: number): number;
  /**
   * Waits until writes are good again: the first acknowledgement after `since` that is followed by `forMs` in which no commit and no
   * connection failed and no second went by without an acknowledgement. Gives when that first one was, or undefined when the limit
   * passed. Throws what ended the ledger, where its file could not be written.
   */
  goodAgain(since: number, forMs: number, limitMs: number, signal: AbortSignal): Promise<number | undefined>;
  /** Where to connect from now on; connections that are open are dropped when they fail, or at once when asked. */
  redirect(route: LedgerRoute, dropNow?: boolean): void;
  /**
   * Ends the writers (what is under way becomes indeterminate when it takes longer than a second), flushes and closes the file. Throws
   * ClusterError where the file could not be written.
   */
  stop(): Promise<LedgerCounts>;
}

/** One commit of the ledger that is not as it should be in the recovered database. */
export interface Misplaced {
  readonly writer: number;
  readonly number: number;
  readonly tenant: number;
  /** Milliseconds since the ledger began: sent (not where nobody ever sent it), and acknowledged where it was. */
  readonly sent?: number;
  readonly acknowledged?: number;
}

/** The ledger against a database. Lists hold the first hundred, counts all. */
export interface LedgerComparison {
  readonly counts: LedgerCounts;
  /** Commits of the ledger that the database holds. */
  readonly found: number;
  /** Acknowledged and missing; `earliest`: when the first of them was acknowledged, in milliseconds since the ledger began. */
  readonly lost: { readonly count: number; readonly first: readonly Misplaced[]; readonly earliest?: number };
  /** There, though the server said that it failed, or never sent by anybody, or later than the cut. */
  readonly phantom: { readonly count: number; readonly first: readonly Misplaced[] };
  /** More than once. */
  readonly duplicate: { readonly count: number; readonly first: readonly Misplaced[] };
  /**
   * A writer's later commit is there and an earlier acknowledged one is not, or they stand in another order. A failover that may lose
   * commits leaves such gaps: see `breaks` of compareLedger.
   */
  readonly reordered: { readonly count: number; readonly first: readonly Misplaced[] };
  /** Some of a transaction's rows are there, and others are not. */
  readonly torn: { readonly count: number; readonly first: readonly Misplaced[] };
  readonly perTenant: readonly { readonly tenant: number; readonly found: number; readonly lost: number }[];
  /** What must hold of the tables whatever was lost. */
  readonly invariants: readonly {
    readonly says: string;
    readonly holds: boolean;
    readonly actual: string;
  }[];
}
