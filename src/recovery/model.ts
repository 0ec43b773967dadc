import type { Capability } from '../cluster/capability.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { HostAbility } from '../cluster/host.ts';
import type { Postgres } from '../cluster/postgres.ts';
import type { Topology, TopologyWish } from '../cluster/topology.ts';
import type { ValidDesign } from '../design/validate.ts';
import type { Fault } from '../faults/fault.ts';
import type { Restored } from './backup/model.ts';
import type { LedgerLoad } from './ledger/model.ts';
import type { Timeline } from './timeline.ts';

/**
 * Phases of a recovery, as marks of its timeline. A failover has: fault, detected, decided, promoted, rerouted, first-good, full-rate. A
 * restore has: fault, declared, fetched, consistent, target-reached, verified, serving. A crash recovery has what of them happens.
 * `fault` is when breaking began, `injected` when it was broken: between them lies the injector's own time.
 */
export const markNames = [
  'load-steady',
  'fault',
  'injected',
  'detected',
  'decided',
  'fenced',
  'promoted',
  'rerouted',
  'declared',
  'fetched',
  'consistent',
  'target-reached',
  'serving',
  'first-good',
  'full-rate',
  'rejoined',
  'verified',
  'healed',
] as const;
export type MarkName = (typeof markNames)[number];

export interface Mark {
  readonly name: MarkName;
  readonly says: string;
  /** Milliseconds since the drill began. */
  readonly at: number;
}

/** A curve of a drill: `commits` per second, `lag` in bytes. Points are [milliseconds since the drill began, value]. */
export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly (readonly [at: number, value: number])[];
}

/** Something that was looked at, as an observation of the evidence has it. */
export interface Seen {
  readonly subject: string;
  readonly way: string;
  readonly statement: string;
  readonly expected: string;
  readonly actual: string;
  readonly agrees: boolean;
  /** What a message names where it does not agree. Default: the subject. */
  readonly object?: string;
  readonly tried?: number;
}

/** All that a drill has to do with. The ledger's writers are at work, at a steady rate, when it begins. */
export interface Scene {
  readonly cluster: Cluster;
  readonly topology: Topology;
  readonly design: ValidDesign;
  /** The design's database on the servers. */
  readonly database: string;
  readonly load: LedgerLoad;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  /** A counterexample is in: that it is noticed is all that is asked, so nobody need wait long. */
  readonly hurried: boolean;
  /** Leads the writers to a server: through the pooler's entry where there is a pooler, else by its address. */
  route(server: Postgres): Promise<void>;
  /** How far it is, for whoever waits. */
  progress(says: string): void;
}

/** What of the ledger must be in a restored database: all that was acknowledged before, nothing that was sent after. */
export interface Cut {
  /** Milliseconds of the timeline: a commit acknowledged by then is there. */
  readonly acknowledgedBy: number;
  /** A commit sent after that is not. Between the two either is right. */
  readonly sentAfter: number;
  /**
   * Where the restored database took the old one's place: that was stopped before, and writers were led to this one after. A commit
   * acknowledged from then on is there too, whenever it was sent; one without an answer may be.
   */
  readonly resumedAt?: number;
}

/** What came of a drill. */
export interface Recovered {
  /** The server that has the data now: the one that takes writes, or a restored copy beside it. */
  readonly server: Postgres;
  readonly database: string;
  /** For restores to a moment. Without it all that was acknowledged must be there. */
  readonly cut?: Cut;
  /**
   * Writers are led to it, and go on; false for a restored copy beside a database that goes on. Writes must then be good for ten
   * seconds, or the drill is broken.
   */
  readonly serving: boolean;
  /** What a restore took, for rates and projections. */
  readonly restored?: Pick<Restored, 'phases' | 'bytes' | 'segments'>;
  /** What else was looked at: of the old primary, of the archive, of what the design promises. */
  readonly seen: readonly Seen[];
  /** Removes what the drill added beside the cluster. */
  close?(): Promise<void>;
}

export type Loses = 'nothing' | 'rpo';

/** A disaster, and the way back. One drill, one module of `drills/`. */
export interface Drill {
  readonly name: string;
  /** What breaks and how it is brought back, in one sentence. */
  readonly says: string;
  readonly needs: readonly Capability[];
  readonly abilities?: readonly HostAbility[];
  /**
   * `nothing`: what was acknowledged must be there, all of it. `rpo`: what was acknowledged longer before the fault than the design's RPO.
   */
  readonly loses: Loses | ((design: ValidDesign) => Loses);
  /** What it takes of the design's topology: fewer replicas start sooner. Default all. */
  readonly topology?: (wish: TopologyWish) => TopologyWish;
  /** Broken on purpose before the load begins: with any of them the drill must come out broken. At least one. */
  counterexamples(design: ValidDesign): readonly Fault[];
  /** Breaks it and brings it back, marking the timeline. Throws where it cannot be carried out at all: then nothing is shown. */
  run(scene: Scene): Promise<Recovered>;
}

/** What a drill may lose on a design. */
export function losesOf({ loses }: Pick<Drill, 'loses'>, design: ValidDesign): Loses {
  return typeof loses === 'function' ? loses(design) : loses;
}

export const defineDrill = (drill: Drill): Drill => drill;
