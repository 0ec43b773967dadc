import type { Source } from '../evidence/model.ts';
import type { Family } from '../evidence/verdict.ts';
import type { DataPlan, Ids } from './data-plan.ts';
import type { AccessRules, AuditRules, Tenancy } from './rules.ts';
import type { Workload } from './workload.ts';

/** An identity that the database can meet: values for the attributes that `request.session` turns into settings. */
export interface Actor {
  readonly name: string;
  /** Who that is, for an auditor: `member of tenant 2, suspended`. */
  readonly says: string;
  /** Attribute values; null where the actor has none (the anonymous actor has null everywhere). */
  readonly attributes: Readonly<Record<string, string | null>>;
  /** Settings that this actor leaves unset are the empty string, as an earlier request on the connection leaves them. */
  readonly afterwards?: boolean;
}

/** One promise of a design. */
export interface Claim {
  /** Stable: `saas.rls.projects.select`. Lower case, digits, dots, hyphens and underscores. */
  readonly id: string;
  /** The promise in one sentence. */
  readonly says: string;
  readonly source: Source;
  /** Ids of controls it supports: `SOC2:CC6.1`. */
  readonly controls: readonly string[];
  readonly family: Family;
  /** How it is checked; absent: the claim is listed as unproved, with `unproved` as the reason. */
  readonly check?: CheckCall;
  readonly unproved?: string;
}

/** A check by kind, with its parameters. */
export type CheckCall = { readonly kind: string } & Readonly<Record<string, unknown>>;

export interface Request {
  /** The role that requests run as. It must be neither superuser, owner nor BYPASSRLS. */
  readonly role: string;
  /** PostgreSQL types of the actor's attributes: rules see them as columns of `actor`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The settings that the design's application makes for an actor, transaction-local. */
  readonly session: (actor: Actor) => Readonly<Record<string, string>>;
  /** How long the application's settings last: `SET LOCAL` or `SET`. Default `transaction`. */
  readonly settingsLast?: 'transaction' | 'session';
}

/** A machine size. */
export interface Tier {
  /** As the provider calls it: `db-custom-8-32768`. */
  readonly name: string;
  /** As PostgreSQL writes sizes: `32GB`. */
  readonly memory: string;
  readonly cores: number;
}

/**
 * An exception that somebody answers for. It lies over the verdict of a claim and never replaces it; from the day after
 * `expires` on the claim is refuted.
 */
export interface Waiver {
  readonly claim: string;
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
  /** The last day on which it holds, in UTC: `2026-12-31`. */
  readonly expires: string;
}

/** A promise that is not assessed, and why: not a database's, a cloud console's, another product's. */
export interface NotAssessed {
  readonly says: string;
  readonly source: Source;
  readonly reason: string;
}

/**
 * A known defect of the document, as what would put it back into the repaired design: SQL, settings, files, or several
 * of them. Exactly one of `catches` and `notAssessable` is given.
 */
export interface Defect {
  /** Number in the design's list of defects; a part of one has a letter: `14b`. */
  readonly id: string;
  /** What was wrong, in one sentence. */
  readonly says: string;
  /** SQL, run as the superuser after the fill. A relative path is relative to the design's file. */
  readonly sql?: string | URL;
  /** Changes of `postgres.settings`; null takes one away. */
  readonly settings?: Readonly<Record<string, string | number | null>>;
  /** Changes of files of `config`: text that is there once, and what replaces it. */
  readonly files?: Readonly<Record<string, readonly FilePatch[]>>;
  /** The claims that must be refuted, each with what its message must name. */
  readonly catches?: readonly Catch[];
  /** Why no claim can catch it. */
  readonly notAssessable?: string;
}

export interface Catch {
  readonly claim: string;
  /** The object that a breach must name, in its `object` or `says`. */
  readonly names: string;
}

export interface FilePatch {
  readonly from: string;
  readonly to: string;
}

/** Mutants that change nothing that anybody could see, and why. */
export interface EquivalentMutant {
  /** Id of the mutant; `*` stands for anything. Each that it fits must survive. */
  readonly mutant: string;
  readonly reason: string;
}

export interface Topology {
  readonly replicas: number;
  /** So many of the replicas have a commit before it is acknowledged; none when not said. */
  readonly synchronous?: number;
  readonly pooler?: {
    readonly mode: 'transaction' | 'session' | 'statement';
    readonly maxClients: number;
    readonly poolSize: number;
    /** The entry of [databases] that leads to the primary. */
    readonly writer: string;
    /** The entry that leads to the replicas. */
    readonly reader?: string;
    /** The pooler's file in `config`: the cluster's pooler runs with its values. */
    readonly file?: string;
  };
  readonly archive?: { readonly timeout: string };
}

export interface Targets {
  readonly readsPerSecond?: number;
  readonly writesPerSecond?: number;
  /** Durations as PostgreSQL writes them: `5min`. */
  readonly rpo?: string;
  readonly rto?: string;
}

/** A database under test, as a design's file says it. */
export interface Design {
  readonly name: string;
  readonly title: string;
  /** The document that the design comes from. */
  readonly source: Source;
  readonly postgres: {
    readonly version: 15;
    /** The design's own production settings, as postgresql.conf would hold them. */
    readonly settings: Readonly<Record<string, string | number>>;
  };
  readonly topology: Topology;
  /** The machine that `postgres.settings` are meant for. */
  readonly tier?: Tier;
  /**
   * Folders of `*.sql`, one or several in order; within a folder, in the order of their names. A relative path is relative to
   * the design's file.
   */
  readonly migrations: string | URL | readonly (string | URL)[];
  /** Folder of the design's files beside the database: the pooler's configuration, scripts, monitoring queries. */
  readonly config?: string | URL;
  /** Schemas whose every relation must have rules. */
  readonly schemas: readonly string[];
  /** Further schemas that requests reach and whose rules another design has: of an extension, those of what it extends. */
  readonly provedElsewhere?: readonly string[];
  readonly request: Request;
  /** Other login roles of the design; append-only is attacked as each role that a login can reach. */
  readonly logins: readonly string[];
  readonly actors: (ids: Ids) => Readonly<Record<string, Omit<Actor, 'name'>>>;
  readonly data: DataPlan;
  readonly access: readonly AccessRules[];
  readonly audit?: AuditRules;
  /** Whose each row is; absent where there is one tenant. */
  readonly tenancy?: Tenancy;
  readonly targets: Targets;
  /** What the application asks, for the claims of load. */
  readonly workload?: Workload;
  readonly claims: readonly Claim[];
  readonly waivers?: readonly Waiver[];
  /** What the document promises and this design cannot be asked. */
  readonly notAssessed?: readonly NotAssessed[];
  /** Known defects of the document, each as it would be put back. */
  readonly defects?: readonly Defect[];
  /** Mutants of access and audit that no claim can kill. */
  readonly equivalentMutants?: readonly EquivalentMutant[];
}
