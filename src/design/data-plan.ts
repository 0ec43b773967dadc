/** A value that COPY can load; null is NULL; an object becomes JSON; an array becomes a PostgreSQL array. */
export type Value =
  | string
  | number
  | boolean
  | null
  | Date
  | readonly Value[]
  | { readonly [key: string]: unknown };

/** Ids of rows by table and row number (0-based), the same for every seed: foreign keys and actors by arithmetic. */
export interface Ids {
  uuid(table: string, row: number): string;
}

/** What a column's generator may use; everything here is a pure function of (seed, table, column, row). */
export interface Cell extends Ids {
  readonly row: number;
  readonly scale: number;
  /** The instant that the fill is relative to: the start of the run. */
  readonly now: Date;
  /** A number in [0, 1); `salt` gives further independent ones for the same cell. */
  random(salt?: number): number;
  /** An integer in [from, to]. */
  integer(from: number, to: number, salt?: number): number;
  pick<T>(from: readonly T[], salt?: number): T;
  /** One of a pool of about a thousand realistic values, drawn once from Faker. */
  fake(pool: FakerPool, salt?: number): string;
  /** `now` minus up to `days` days. */
  past(days: number, salt?: number): Date;
  /** Lower-case hexadecimal digits. */
  hex(length: number, salt?: number): string;
  /**
   * The source of another cell's values, to agree with it: `cell.of('auth.users', 'first_name').fake('firstName')` is
   * what that column's generator drew. `row` is this row unless given.
   */
  of(table: string, column: string, row?: number): Cell;
}

export type FakerPool =
  | 'firstName'
  | 'lastName'
  | 'company'
  | 'industry'
  | 'jobTitle'
  | 'phone'
  | 'sentence'
  | 'paragraph'
  | 'productName'
  | 'word'
  | 'domain'
  | 'url'
  | 'userAgent'
  | 'ip'
  | 'fileName'
  | 'city'
  | 'street';

export interface TableData {
  /** `schema.table`, quoted where SQL needs it. */
  readonly table: string;
  /** Rows at a scale factor; scale 1 is the default fill. */
  readonly rows: (scale: number) => number;
  readonly columns: Readonly<Record<string, (cell: Cell) => Value>>;
}

/** The tables to fill, parents before children. */
export interface DataPlan {
  readonly tables: readonly TableData[];
  /** SQL to run after the load as the superuser, such as REFRESH MATERIALIZED VIEW. */
  readonly after?: readonly string[];
}
