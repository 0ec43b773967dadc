import type pg from 'pg';
import type { z } from 'zod';
import type { Catalog } from '../catalog/catalog.ts';
import type { Capability } from '../cluster/capability.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Host } from '../cluster/host.ts';
import type { Postgres } from '../cluster/postgres.ts';
import type { Session } from '../cluster/session.ts';
import type { TopologyWish } from '../cluster/topology.ts';
import type { Actor } from '../design/design.ts';
import type { ValidDesign } from '../design/validate.ts';
import type { Breach, Observation } from '../evidence/model.ts';
import type { DrillTimeline } from '../evidence/timeline.ts';
import type { Family, Outcome } from '../evidence/verdict.ts';
import type { Fault } from '../faults/fault.ts';
import type { KeptBench } from '../load/drive/kept-bench.ts';
import type { Figure } from '../load/series/model.ts';

/**
 * One kind of check. It runs a claim against a cluster, streams what it saw, and ends with what that shows.
 * `faults` are its counterexamples: deliberate faults that it must notice, or the claim is not proved.
 */
export interface Check<Parameters = unknown> {
  readonly kind: string;
  readonly family: Family;
  /** One line for the documentation and `list`. */
  readonly says: string;
  /** The schema of a claim's `check`, its kind included. */
  readonly parameters: z.ZodType<Parameters>;
  readonly needs: readonly Capability[];
  /**
   * `transaction` (the default): each trial is one transaction that is rolled back. `database`: each trial has a copy of the
   * database to itself, for what several sessions do to one another; what it changes outside the database stays. `cluster`: the
   * whole cluster, while no other check runs: servers, pooler, archive; what it changes it puts back. `own`: each trial has a cluster
   * of its own with the design's data, raised for it alone: whatever becomes of that.
   */
  readonly isolation?: 'transaction' | 'database' | 'cluster' | 'own';
  /** With isolation `own`: what it takes of the design's topology. Default all. */
  around?(wish: TopologyWish, parameters: Parameters): TopologyWish;
  /** What it needs beyond `needs`, with these parameters. */
  needsFor?(parameters: Parameters): readonly Capability[];
  /** Tables that the parameters name; the design is refused when one does not exist. */
  tables(parameters: Parameters): readonly string[];
  run(context: CheckContext, parameters: Parameters): AsyncGenerator<Sighting, Judgement, void>;
  faults(context: CheckContext, parameters: Parameters): readonly Fault[];
}

/** Hides a check's own parameters behind `unknown`, so that checks of all kinds fit one registry. */
export function defineCheck<Parameters>(check: Check<Parameters>): Check {
  const parse = (value: unknown) => check.parameters.parse(value);
  return {
    ...check,
    parameters: check.parameters,
    tables: (value) => check.tables(parse(value)),
    ...(check.around === undefined
      ? {}
      : { around: (wish: TopologyWish, value: unknown) => check.around?.(wish, parse(value)) ?? wish }),
    ...(check.needsFor === undefined
      ? {}
      : { needsFor: (value: unknown) => check.needsFor?.(parse(value)) ?? [] }),
    run: (context, value) => check.run(context, parse(value)),
    faults: (context, value) => check.faults(context, parse(value)),
  };
}

/** An observation before the runner adds the claim and the trial. */
export type Sighting = Omit<Observation, 'type' | 'claim' | 'trial'>;

/** What a trial showed. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly breaches: readonly Breach[];
  /** What the data did not put to the test; any entry makes a held claim `unproved: not exercised`. */
  readonly unexercised: readonly string[];
  /** Of a recovery drill. */
  readonly timeline?: DrillTimeline;
}

export interface RunMeans {
  /** The design's database on the servers, filled. */
  readonly database: string;
  /** What the data was made of. */
  readonly filled: Filled;
  /** How much of its usual time a check may take: 1, or less, or more. */
  readonly pace: number;
  /** What drives load, for the checks that need k6. Closed before a check that does not has the cluster. */
  readonly loadBench: KeptBench;
  /** Aborted when the run is interrupted. */
  readonly signal: AbortSignal;
  /** Keeps a text beside the evidence, under its manifest: `load-<name>.jsonl`. */
  attach(file: string, content: string): Promise<void>;
  /** The path of such a file, for what is written as it happens: `ledger-<name>.jsonl`. */
  attachment(file: string): string;
  /** A figure for the series of the design's runs: `reads.achieved`. */
  figure(name: string, figure: Figure): void;
  /** Says how far the check is. */
  progress(says: string): void;
}

/** Claims that were asked again: how many, and what those say that do not hold. */
export interface Again {
  readonly tried: number;
  readonly broken: readonly string[];
}

export interface Filled {
  readonly seed: number;
  readonly scale: number;
  readonly now: Date;
}

export interface CheckContext {
  /** With what the fault alters of it. */
  readonly design: ValidDesign;
  /** The catalogue as migrated, before any counterexample: for choosing what to try, never as what is found. */
  readonly catalog: Catalog;
  /** A superuser session inside a transaction that the runner rolls back; with any other isolation, outside any. */
  readonly session: Session;
  /** Another superuser connection to the trial's own database; closed after the trial. Only with isolation `database`. */
  connect(): Promise<pg.Client>;
  /** The servers. Only with isolation `cluster` or `own`. */
  readonly cluster?: Cluster;
  /** Where commands run and files lie, for scripts of the design. */
  readonly host: Host;
  readonly actors: readonly Actor[];
  /** Nothing may be written, not even to be rolled back: what takes row locks or makes tables is left out. */
  readonly readOnly?: boolean;
  /** What a check of minutes has of the run; absent where nobody filled the database, and outside runs. */
  readonly run?: RunMeans;
  /** The first breach is enough: set while a counterexample is injected. */
  readonly stopAtFirstBreach: boolean;
  /** Asks the design's claims of access and audit again, on a server that has its data back. Only with isolation `own`. */
  again?(server: Postgres, database: string): Promise<Again>;
  /** That there is a breach is enough, without the rows that show it: set while mutants are tried. */
  readonly brief?: boolean;
  /**
   * Computes something once for all trials of a run: what the rules say of the data, which no fault changes. The key names
   * the table too. Never for anything that the faulty database itself answers.
   */
  remember<T>(key: string, compute: () => Promise<T>): Promise<T>;
}
