import type { WhyFinding } from './model.ts';

/** Something that may help, before it is tried. */
export interface Remedy {
  readonly kind: WhyFinding['kind'];
  readonly table: string | null;
  readonly says: string;
  readonly evidence: WhyFinding['evidence'];
  /** What to write. */
  readonly fix: string;
  readonly caution: string | null;
  /** What is run in the transaction to try it; null: it cannot be tried. */
  readonly change: readonly string[] | null;
  /** What is run as the actor before that, at the start of the transaction. */
  readonly first?: string;
  /** Functions whose cost it takes away: findings of their own say nothing more. */
  readonly covers?: readonly string[];
  /** Why not, where it cannot. */
  readonly untried: string | null;
  /** Statements that it may change, by name, the one where it was found first. */
  readonly statements: readonly string[];
  /** Share of the time of everything that the fix itself takes: what `first` costs once a transaction. Default 0. */
  readonly onceShare?: number;
  /** Share of the time of everything that it costs at most, for one that is not tried. */
  readonly share: number;
}
