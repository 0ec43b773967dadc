/**
 * Rules: what is right, said apart from the policies and triggers that must bring it about.
 *
 * Predicates are SQL over base tables. They see `actor` (one row: the attributes of `request.attributes`, typed, NULL
 * where the actor has none) and, by command: `row` (SELECT, DELETE), `new` (INSERT), `old` and `new` (UPDATE).
 * They may use built-in functions and operators, never a function of the design.
 */
export interface RowRule {
  readonly says: string;
  readonly lines?: readonly [number, number];
  /** Policies or triggers that are meant to bring it about: named when it goes wrong. */
  readonly by?: readonly string[];
  /** Which rows. NULL counts as false. */
  readonly where: string;
}

/** Nothing at all, and by what: `privilege` must fail with 42501 before any row is looked at. */
export interface NeverRule {
  readonly says: string;
  readonly lines?: readonly [number, number];
  readonly by?: readonly string[];
  readonly never: 'privilege';
}

export interface UpdateRule {
  readonly says: string;
  readonly lines?: readonly [number, number];
  readonly by?: readonly string[];
  /** Columns that the request role may set at all; every other must fail with 42501 by privilege. */
  readonly columns: readonly string[];
  /** Rows that may be changed (over `old`). */
  readonly where: string;
  /** What they may be changed to (over `old` and `new`); `where` holds already. */
  readonly to: string;
}

export interface InsertRule {
  readonly says: string;
  readonly lines?: readonly [number, number];
  readonly by?: readonly string[];
  /** Columns that the request role may give; absent: all. */
  readonly columns?: readonly string[];
  /** Rows that may be added (over `new`). */
  readonly where: string;
}

/** What each actor may do with one relation through the request role. Every command must be said. */
export interface AccessRules {
  /** `schema.table`, quoted where SQL needs it. */
  readonly table: string;
  /** Columns that identify a row. */
  readonly key: readonly string[];
  /** Columns that nobody may read through the request role. */
  readonly secret?: readonly string[];
  readonly select: RowRule | NeverRule;
  readonly insert: InsertRule | NeverRule;
  readonly update: UpdateRule | NeverRule;
  readonly delete: RowRule | NeverRule;
  /** Triggers that may refuse a write with SQLSTATE 42501, beside the policies. */
  readonly guards?: readonly string[];
  /**
   * Columns whose values the rules look at although no constraint tells the interesting values:
   * tried with each of these SQL expressions, over `old` or `new`.
   */
  readonly try?: Readonly<Record<string, readonly string[]>>;
  readonly lines?: readonly [number, number];
}

/** Where audit records go and how to read them; all SQL expressions over `record`. */
export interface AuditTrail {
  readonly table: string;
  readonly key: readonly string[];
  readonly tableName: string;
  readonly recordId: string;
  readonly action: string;
  readonly actor: string;
  readonly oldValues: string;
  readonly newValues: string;
  readonly changedFields: string;
  readonly at: string;
}

export interface AuditedTable {
  readonly table: string;
  /** What `tableName` must hold. */
  readonly name: string;
  readonly key: string;
  readonly says: string;
  readonly lines?: readonly [number, number];
  /** Columns that must not be copied into the trail. */
  readonly secret: readonly string[];
  /** Columns whose change alone is not a change: `updated_at`. */
  readonly ignored: readonly string[];
  /** A column to change, and an SQL expression over `row` for another valid value. */
  readonly change: { readonly column: string; readonly to: string };
  /** Triggers that are meant to write the record. */
  readonly triggers: readonly string[];
}

export interface AuditRules {
  readonly trail: AuditTrail;
  /** Triggers on the trail that refuse changes to it. */
  readonly guards: readonly string[];
  readonly tables: readonly AuditedTable[];
  /** Attribute of the actor that the trail must hold as its actor. */
  readonly actorAttribute: string;
}

/** A difference that an error makes between a value of another tenant and one that nobody has, and why it stays. */
export interface Oracle {
  /** Name of the unique index or foreign key. */
  readonly constraint: string;
  readonly reason: string;
}

/** Rows on which it hangs whether others see what is shared: they are not deleted, and these columns stay as they are. */
export interface Deciding {
  /** A condition over `row`. */
  readonly where: string;
  readonly columns: readonly string[];
}

/**
 * Which rows are whose, for the proof that nobody is touched by another tenant's rows. All SQL is over base tables, as in rules,
 * never by a function of the design.
 */
export interface Tenancy {
  /** By table, an expression over `row`: the tenant as text; NULL for a row of none or of several. */
  readonly tables: Readonly<Record<string, string>>;
  /** A query over `actor` for the tenants that it has anything to do with, as text: former and invited members too. */
  readonly actorTenants: string;
  /** By table, a condition over `row`: meant for others too. Left as it is. */
  readonly shared?: Readonly<Record<string, string>>;
  readonly deciding?: Readonly<Record<string, Deciding>>;
  readonly oracles?: readonly Oracle[];
}
