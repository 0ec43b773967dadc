import type { Cell, TableData, Value } from './data-plan.ts';

/** What the application asks of the database, as the load asks it: named statements, in transactions of named actors. */
export interface Workload {
  readonly statements: Readonly<Record<string, WorkloadStatement>>;
  /** Kinds of transactions, by name. Each is a pure function of what it draws. */
  readonly transactions: Readonly<Record<string, WorkloadTransaction>>;
  /** How often each kind of transaction comes, by weight: at least `read`, `write` and `mixed`. */
  readonly mixes: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface WorkloadStatement {
  readonly kind: 'read' | 'write';
  /** With $1, $2…; types are the server's to find, so cast where it cannot. */
  readonly sql: string;
}

export type WorkloadTransaction = (draw: Draw) => TransactionPlan;

/** One transaction: as whom, for which tenant, what. */
export interface TransactionPlan {
  /** Attributes of the actor, as `request.session` takes them. */
  readonly actor: Readonly<Record<string, string | null>>;
  /** Whose work it is: any text that tells tenants apart. */
  readonly tenant: string;
  readonly calls: readonly StatementCall[];
}

export interface StatementCall {
  readonly statement: string;
  readonly values: readonly Value[];
  /** How many rows must come back or be touched; not looked at when absent. */
  readonly rows?: number | { readonly atLeast: number };
  /** Every row's column (0-based) must hold one of these: what proves that no other tenant's row is seen. */
  readonly own?: { readonly column: number; readonly values: readonly string[] };
}

/** The values of a row as the fill made them, by column. */
export type RowOf<Table extends TableData> = {
  readonly [Column in keyof Table['columns']]: Awaited<ReturnType<Table['columns'][Column]>>;
};

/** Independent draws of one transaction: a pure function of (seed, kind of transaction, number). */
export interface Draw {
  /** Which of its kind this one is, 0-based. */
  readonly number: number;
  readonly scale: number;
  readonly now: Cell['now'];
  /** A number in [0, 1); `salt` gives further independent ones. */
  random(salt?: number): number;
  /** An integer in [from, to]. */
  integer(from: number, to: number, salt?: number): number;
  pick<T>(from: readonly T[], salt?: number): T;
  /** Rows that the fill made of a table. */
  count(table: TableData): number;
  /** A row as the fill made it; throws when there is none of that number. */
  row<Table extends TableData>(table: Table, number: number): RowOf<Table>;
  /** The id of a row by arithmetic, as `cell.uuid`. */
  uuid(table: string, row: number): string;
}
