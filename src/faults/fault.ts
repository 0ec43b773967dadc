import type { Cluster } from '../cluster/cluster.ts';
import type { Session } from '../cluster/session.ts';
import type { ValidDesign } from '../design/validate.ts';

/**
 * Something broken on purpose: a policy mutated, a trigger disabled, later an archive that lies or a primary killed.
 * Counterexamples, drills, the defects of the fixtures and mutation all inject one of these.
 */
export interface Fault {
  /** Stable within a design: `policy-dropped app.projects projects_select_policy`. */
  readonly name: string;
  readonly kind: string;
  /** One sentence: what is broken. */
  readonly says: string;
  /** The object that a good message names. */
  readonly object: string;
  /** The SQL that breaks it, as evidence. */
  readonly statement?: string;
  /**
   * `transaction`: everything that `inject` does is undone by rolling the session's transaction back.
   * `cluster`: only `heal` undoes it.
   */
  readonly scope: 'transaction' | 'cluster';
  /** What else of the design is broken: settings and files, which no SQL reaches. */
  alters?(design: ValidDesign): ValidDesign;
  inject(target: FaultTarget): Promise<void>;
  heal(target: FaultTarget): Promise<void>;
}

export interface FaultTarget {
  readonly session: Session;
  /** For faults of the cluster: its servers. */
  readonly cluster?: Cluster;
}
