/**
 * PostgreSQL for k6: transactions in one round trip, prepared statements, and a recording that any judge can read.
 * Everything is synchronous, as the rest of k6's protocol clients are.
 */
declare module 'k6/x/pgattest' {
  /** Sent in text format. Arrays become array literals, other objects JSON, an ArrayBuffer bytea, a Date ISO 8601. */
  export type Parameter =
    | string
    | number
    | bigint
    | boolean
    | null
    | undefined
    | Date
    | ArrayBuffer
    | readonly Parameter[]
    | { readonly [key: string]: unknown };

  /**
   * bool, int2, int4, oid, float4 and float8 come as their JavaScript kin, int8 as a number up to 2^53 - 1 and as text
   * beyond, json and jsonb parsed, everything else as PostgreSQL prints it.
   */
  export type Value = string | number | boolean | null | object;

  export type Kind = 'read' | 'write' | 'control';

  export interface ClientOptions {
    /** A name, an address, or the folder of a Unix socket (begins with `/`). Default: PGHOST, else `localhost`. */
    readonly host?: string;
    /** Default: PGPORT, else 5432. */
    readonly port?: number;
    /** Default: PGDATABASE, else the user's name. */
    readonly database?: string;
    /** Default: PGUSER, else `postgres`. */
    readonly user?: string;
    /** Default: the variable PGATTEST_PASSWORD. Never in an error or a log. */
    readonly password?: string;
    /** `ca`: path of a PEM file, relative to the script; without it any certificate is taken. Default: false. */
    readonly tls?: false | { readonly ca?: string; readonly serverName?: string };
    /**
     * `named` (default): each statement is prepared once per connection; also through PgBouncer from 1.21 on.
     * `unnamed`: parsed each time, for PgBouncer before 1.21.
     */
    readonly prepare?: 'named' | 'unnamed';
    /**
     * Milliseconds that one transaction may take, from sending. When they are over the connection is closed and an error
     * of class `deadline` counts. Default: 30000.
     */
    readonly deadline?: number;
    /** Waits before connecting again double from `first` to `longest` (ms), each with jitter. Default: 50 and 2000. */
    readonly backOff?: { readonly first?: number; readonly longest?: number };
    /** Default: `pgattest-k6`. */
    readonly applicationName?: string;
  }

  /** What must hold of a result. A result that breaks it counts as `wrong`; nothing is thrown. */
  export interface Expectation {
    /** So many rows came back or were touched. */
    readonly rows?: number | { readonly atLeast: number };
    /** Every row's column (0-based) holds one of these texts. */
    readonly own?: { readonly column: number; readonly values: readonly string[] };
  }

  export interface StatementOptions extends Expectation {
    /** Under which it is counted. Default: the SQL itself, cut at 60 characters. */
    readonly name?: string;
    /** Default: `read` for query, `write` for exec. */
    readonly kind?: Kind;
    /**
     * When it should have begun: ms since the epoch. Default: `due()` for the first of an iteration, for others when it is begun.
     * Not looked at inside `tx`.
     */
    readonly due?: number;
  }

  export interface QueryResult {
    readonly rows: readonly Readonly<Record<string, Value>>[];
    /** Rows that came back or were touched. */
    readonly count: number;
    /** Whether all that was expected of it holds. */
    readonly right: boolean;
  }

  export interface PipelineStatement extends Expectation {
    readonly sql: string;
    readonly params?: readonly Parameter[];
    readonly name?: string;
    /** Default: `write` when the SQL begins with INSERT, UPDATE, DELETE or MERGE, else `read`. */
    readonly kind?: Kind;
  }

  export interface TransactionOptions {
    /** Under which the whole is counted, as kind `transaction`. Default: `transaction`. */
    readonly name?: string;
    /** Made with set_config(name, value, true) right after BEGIN; `role` too is one. */
    readonly settings?: Readonly<Record<string, string>>;
    /** As for statements. */
    readonly due?: number;
  }

  export interface PipelineOptions extends TransactionOptions {
    /**
     * BEGIN and COMMIT around it; settings need it. Default: true. Without it the server still makes the pipeline one
     * transaction, since there is one Sync at its end.
     */
    readonly transaction?: boolean;
  }

  /** Inside `tx`: the same connection, the same transaction. */
  export interface Transaction {
    query(sql: string, params?: readonly Parameter[], options?: StatementOptions): QueryResult;
    exec(sql: string, params?: readonly Parameter[], options?: StatementOptions): number;
    pipeline(statements: readonly PipelineStatement[]): readonly QueryResult[];
  }

  /** What became of one transaction of a deck. */
  export interface Played {
    /** It was committed, and nothing was wrong. */
    readonly ok: boolean;
    /** Statements sent, without BEGIN, settings and COMMIT. */
    readonly statements: number;
    /** Of these, without effect: none, or all, since a transaction that is not committed has done nothing. */
    readonly errors: number;
    /** Statements whose result was not as expected. */
    readonly wrong: number;
    /** SQLSTATE of the first error, or `deadline`, `connection`, `client`; null without an error. */
    readonly code: string | null;
    /** In ms: from sending to the last answer. */
    readonly service: number;
  }

  /**
   * One connection, made at first use and made again after it broke. One for each virtual user: make it at the top level of
   * the script. Each error is counted, by SQLSTATE class; `08` is a connection that broke or could not be made, `deadline`
   * one that took too long, `client` an error of the script.
   */
  export class Client {
    constructor(options?: ClientOptions);
    /** Throws a DatabaseError. */
    query(sql: string, params?: readonly Parameter[], options?: StatementOptions): QueryResult;
    /** Rows touched. Throws a DatabaseError. */
    exec(sql: string, params?: readonly Parameter[], options?: StatementOptions): number;
    /** BEGIN, `body`, COMMIT. Whatever `body` throws rolls back and is thrown on. `body` must not be async. */
    tx<T>(body: (tx: Transaction) => T): T;
    tx<T>(options: TransactionOptions, body: (tx: Transaction) => T): T;
    /** All statements in one write, all results in one read. Throws a DatabaseError that names the statement. */
    pipeline(statements: readonly PipelineStatement[], options?: PipelineOptions): readonly QueryResult[];
    /**
     * Transaction `index` of a deck, in one pipeline: BEGIN, settings, calls, COMMIT. Throws nothing that the database
     * did: it is in the result and in the recording. `due`: default is `due()` for the first of an iteration, for others when it is
     * begun.
     */
    play(deck: Deck, index: number, options?: { readonly due?: number }): Played;
    /**
     * Connects now, also at the top level of a script: before the clock of the arrival rate runs. False when it was not let in; then the
     * first use tries again.
     */
    open(): boolean;
    /** Closes the connection; the next use opens another. */
    close(): void;
  }

  /** What `query`, `exec`, `tx` and `pipeline` throw. */
  export interface DatabaseError extends Error {
    readonly name: 'DatabaseError';
    /** SQLSTATE, or `connection`, `deadline`, `client`. */
    readonly code: string;
    /** SQLSTATE class, as counted: `08` for `connection`. */
    readonly class: string;
    /** The statement's name. */
    readonly statement: string;
    readonly detail?: string;
    readonly hint?: string;
    readonly constraint?: string;
  }

  /** Transactions that were drawn beforehand. Read once per process, shared by all virtual users. */
  export interface Deck {
    /** Transactions in it. */
    readonly length: number;
    /** Names of the transactions, in order of first appearance. */
    readonly transactions: readonly string[];
    readonly tenants: readonly string[];
    readonly statements: readonly { readonly name: string; readonly kind: Kind; readonly sql: string }[];
    /** Bytes of memory that it takes. */
    readonly bytes: number;
    /** A part of it, without a copy: index 0 is the first transaction that fits. Throws when none does. */
    where(which: {
      readonly tenant?: string | readonly string[];
      readonly notTenant?: string | readonly string[];
      readonly transaction?: string | readonly string[];
    }): Deck;
    /** The same as `where({ transaction: names })`. */
    only(...names: string[]): Deck;
    /** An index for iteration `i`: decks go round, and `i` past the end begins again. */
    pick(i: number): number;
    /** What is at `index`. */
    at(index: number): { readonly transaction: string; readonly tenant: string; readonly calls: number };
  }

  /** Opens a deck: only at the top level of a script. Relative to the script, as `open` is. */
  export function deck(path: string): Deck;

  export interface RecordOptions {
    /** open: work arrives by the clock; closed: when the work before is done. Default: by the executors of the test. */
    readonly model?: 'open' | 'closed';
    /** ISO 8601 or ms since the epoch: where second 0 begins. Default: when the first scenario begins. */
    readonly startedAt?: string | number;
    /** Which part of the whole this process makes. Default: `--execution-segment`, when there is one. */
    readonly segment?: string;
    /** Samples that k6's Trends get per second and name, at most. They stay in memory until the end. Default: 20. */
    readonly trendSamples?: number;
  }

  /**
   * Writes the recording to `path`, relative to the working folder. One for each process: the first call wins, and a further
   * one with another path throws. Only at the top level of a script. An existing file is not overwritten: that throws.
   */
  export function record(path: string, options?: RecordOptions): void;

  /**
   * When this iteration should have begun, in ms since the epoch: from the arrival rate of the scenario that runs it. In a
   * closed model, and outside an iteration, now. After a dropped iteration it is early by what was dropped.
   */
  export function due(): number;

  export interface ScheduleOptions {
    /** ms since the epoch; default 0: offsets. */
    readonly startTime?: number;
    /** Iterations per `timeUnit`, constant; or where the first stage begins. */
    readonly rate: number;
    /** As k6 writes durations, or ms. Default: `1s`. */
    readonly timeUnit?: string | number;
    /** Without them the rate is constant. */
    readonly stages?: readonly { readonly target: number; readonly duration: string | number }[];
  }

  export interface Schedule {
    /** When iteration `i` (0-based) is due: `startTime` plus ms. Past the last stage: NaN. */
    due(i: number): number;
    /** Iterations that all stages ask for; Infinity when the rate is constant. */
    readonly length: number;
  }

  /** The scheduled starts of constant-arrival-rate and ramping-arrival-rate, as k6 reckons them. */
  export function schedule(options: ScheduleOptions): Schedule;
}
