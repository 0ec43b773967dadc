/**
 * Typed facts of a live database: one array per kind, read by one query each. Names are as stored, unquoted; identities
 * are quoted. Expressions and definitions name everything outside pg_catalog with its schema, so that they can be run
 * under any search_path. Every array is sorted, by bytes.
 */
export interface Catalog {
  readonly relations: readonly Relation[];
  readonly columns: readonly Column[];
  readonly constraints: readonly Constraint[];
  readonly indexes: readonly Index[];
  readonly policies: readonly Policy[];
  readonly functions: readonly Routine[];
  readonly triggers: readonly Trigger[];
  readonly grants: readonly Grant[];
  readonly defaultPrivileges: readonly DefaultPrivilege[];
  readonly roles: readonly Role[];
  readonly memberships: readonly Membership[];
  readonly settings: readonly Setting[];
  /** `name=value` of ALTER DATABASE … SET and ALTER ROLE ALL SET, as far as they bind sessions of this database. */
  readonly databaseSettings: readonly string[];
}

export type RelationKind =
  | 'table'
  | 'partitioned table'
  | 'view'
  | 'materialized view'
  | 'foreign table'
  | 'sequence';

export interface Relation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** `schema.name`, each part quoted where SQL needs it: fit for a statement. */
  readonly identity: string;
  readonly kind: RelationKind;
  readonly owner: string;
  readonly rowSecurity: boolean;
  readonly forceRowSecurity: boolean;
  /**
   * `identity` of the partitioned table this is a partition of; the topmost one is in `root`. Both are null for
   * whatever is not a partition, the topmost table itself included.
   */
  readonly parent: string | null;
  readonly root: string | null;
  /** Partition bound as PostgreSQL prints it, or null. */
  readonly bound: string | null;
  /** `RANGE (created_at)` of a partitioned table, or null. */
  readonly partitionKey: string | null;
  /** View options such as `security_barrier=true`, storage options of tables. */
  readonly options: readonly string[];
  /** pg_class.reltuples: an estimate, -1 when never analysed. */
  readonly estimatedRows: number;
}

export interface Column {
  readonly relation: string;
  readonly name: string;
  readonly position: number;
  /** As format_type prints it: `character varying(255)`. */
  readonly type: string;
  /** Schema-qualified base type name, unquoted: `pg_catalog.varchar`. Domains are resolved, to any depth. */
  readonly baseType: string;
  /** Also true when a domain forbids null. */
  readonly notNull: boolean;
  /** The expression of a default, or of a generated column. */
  readonly default: string | null;
  readonly generated: boolean;
  readonly identity: boolean;
  /** Labels, in their order, when the base type is an enum. */
  readonly labels: readonly string[];
}

export interface Constraint {
  readonly relation: string;
  readonly name: string;
  readonly kind: 'primary key' | 'unique' | 'foreign key' | 'check' | 'exclusion';
  readonly columns: readonly string[];
  readonly definition: string;
  /** Foreign keys: the referenced relation and columns, and what happens on delete. */
  readonly references: string | null;
  readonly referencedColumns: readonly string[];
  readonly onDelete: string | null;
  readonly validated: boolean;
}

export interface Index {
  readonly relation: string;
  readonly name: string;
  readonly method: string;
  readonly unique: boolean;
  readonly primary: boolean;
  readonly valid: boolean;
  /** Key columns in order, without those of INCLUDE; an expression is null. */
  readonly columns: readonly (string | null)[];
  readonly predicate: string | null;
  readonly definition: string;
}

export type Command = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

export interface Policy {
  readonly relation: string;
  readonly name: string;
  readonly permissive: boolean;
  readonly command: Command | 'ALL';
  /** Role names; `PUBLIC` for everyone. */
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly withCheck: string | null;
}

export interface Routine {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** `schema.name(argument types)`, quoted: fit for ALTER FUNCTION. */
  readonly identity: string;
  readonly kind: 'function' | 'procedure' | 'aggregate' | 'window';
  readonly owner: string;
  readonly language: string;
  /** Empty for a procedure. */
  readonly returns: string;
  readonly securityDefiner: boolean;
  readonly leakproof: boolean;
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  /** `search_path=…` and other settings of the function. */
  readonly settings: readonly string[];
  /** The body, in SQL-standard form too; the symbol's name of a C function. */
  readonly source: string;
  /** True when an extension brought it. */
  readonly fromExtension: boolean;
}

export interface Trigger {
  readonly relation: string;
  readonly name: string;
  readonly timing: 'BEFORE' | 'AFTER' | 'INSTEAD OF';
  readonly level: 'ROW' | 'STATEMENT';
  readonly events: readonly ('INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE')[];
  readonly enabled: 'origin' | 'always' | 'replica' | 'disabled';
  /** Columns of `UPDATE OF`; empty for all. */
  readonly columns: readonly string[];
  /** The expression inside `WHEN (…)`. */
  readonly when: string | null;
  /** `identity` of the function it runs. */
  readonly function: string;
  /** True for a clone on a partition. */
  readonly inherited: boolean;
  readonly definition: string;
}

/**
 * One privilege that somebody has, built-in defaults and the owner's own included: EXECUTE for PUBLIC on a function that
 * nobody ever granted anything on is here too. Databases: the one that was read. Languages: trusted ones.
 */
export interface Grant {
  /** Quoted identity of the object. */
  readonly object: string;
  readonly kind:
    | 'relation'
    | 'column'
    | 'sequence'
    | 'function'
    | 'schema'
    | 'database'
    | 'type'
    | 'language';
  /** Column name for kind `column`. */
  readonly column: string | null;
  /** Role name; `PUBLIC` for everyone. */
  readonly grantee: string;
  readonly grantor: string;
  readonly privilege: string;
  readonly grantable: boolean;
}

/**
 * What ALTER DEFAULT PRIVILEGES left. Entries without a schema replace the built-in defaults of their owner and kind: a
 * built-in privilege that is not among them was revoked. Entries with a schema are added on top.
 */
export interface DefaultPrivilege {
  /** The role whose new objects get it. */
  readonly owner: string;
  readonly schema: string | null;
  readonly kind: 'table' | 'sequence' | 'function' | 'type' | 'schema';
  /** Role name; `PUBLIC` for everyone. */
  readonly grantee: string;
  readonly privilege: string;
  readonly grantable: boolean;
}

export interface Role {
  readonly name: string;
  readonly superuser: boolean;
  readonly bypassRowSecurity: boolean;
  readonly login: boolean;
  readonly inherit: boolean;
  readonly createRole: boolean;
  readonly createDatabase: boolean;
  readonly replication: boolean;
  /** `name=value` of ALTER ROLE … SET; what is set IN DATABASE, for this one, goes before what is set for all. */
  readonly settings: readonly string[];
}

/** The owner of the database is a member of `pg_database_owner`, though nobody granted it. */
export interface Membership {
  readonly role: string;
  readonly member: string;
  readonly admin: boolean;
  /** From PostgreSQL 16 on; before, the member's own attribute decides. */
  readonly inherit?: boolean;
}

/** A parameter of the server, as a new session has it. */
export interface Setting {
  readonly name: string;
  /** In `unit`s, which may be such as `8kB`. */
  readonly value: string;
  readonly unit: string | null;
  readonly source: string;
}
