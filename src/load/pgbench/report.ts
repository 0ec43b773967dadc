/** What pgbench prints at the end of a run; milliseconds and transactions a second, as it has them. */
export interface Report extends Failures {
  /** `15.18`; pgbench 13 does not say. */
  readonly version?: string;
  /** Of the server, where it differs from pgbench's own (17 and later say it only then). */
  readonly serverVersion?: string;
  /** `<builtin: …>`, a file's name, or `multiple scripts`. */
  readonly transactionType: string;
  readonly scale: number;
  readonly partitions?: { readonly method: string; readonly count: number };
  readonly protocol: string;
  readonly clients: number;
  readonly threads: number;
  /** Absent in 14 and before, and where there is no limit. */
  readonly maxTries?: number;
  /** As asked for, by seconds or by transactions of each client. */
  readonly asked: { readonly seconds: number } | { readonly transactionsPerClient: number };
  /** That were done; those that failed or were skipped are not in it. */
  readonly transactions: number;
  /** `-L`: that took longer, of all that were done. */
  readonly late?: { readonly limitMs: number; readonly count: number };
  readonly latency?: Latency;
  /** `-R`: how late they began. */
  readonly lag?: { readonly averageMs: number; readonly maxMs: number };
  /** Of all clients at the start, or, with a connection for each transaction, of one. */
  readonly connectionMs?: number;
  /** Without the time to connect at the start; with it when each transaction connects. NaN when none was done. */
  readonly tps?: number;
  /** Of 13 alone: connecting at the start included. */
  readonly tpsWithConnecting?: number;
  readonly scripts: readonly ScriptReport[];
  /** Lines that no known version prints. */
  readonly unknown: readonly string[];
}

export interface Failures {
  /** Ended by a serialization failure or a deadlock. Absent in 14 and before, where such an error ends the client. */
  readonly failed?: number;
  /** With `detailedFailures`. */
  readonly serializationFailures?: number;
  readonly deadlockFailures?: number;
  /** Tried more than once, whatever came of it. */
  readonly retried?: number;
  readonly retries?: number;
  /** `-R` with `-L`: never sent, since they were late already. */
  readonly skipped?: number;
}

export interface Latency {
  readonly averageMs: number;
  /** Absent unless pgbench looked at each transaction: with `-R`, `-L` or `-P`. */
  readonly stddevMs?: number;
  /** Time over transactions, failed ones included, and not of each. */
  readonly includesFailures: boolean;
}

export interface ScriptReport extends Failures {
  readonly name: string;
  readonly weight: number;
  readonly transactions: number;
  readonly tps: number;
  readonly latency?: Latency;
  /** With `perStatement`, in order; of each line of a script that is a command. */
  readonly statements: readonly StatementReport[];
}

export interface StatementReport {
  /** Its first line. */
  readonly text: string;
  readonly averageMs: number;
  readonly failures?: number;
  readonly retries?: number;
}
