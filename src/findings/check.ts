import type { CheckId } from './ids.ts';
import type { Scene } from './scene.ts';

export type Severity = 'error' | 'warning' | 'note';

export type ObjectKind =
  | 'relation'
  | 'column'
  | 'policy'
  | 'function'
  | 'trigger'
  | 'index'
  | 'constraint'
  | 'role'
  | 'default privilege';

/** What a finding is about. `identity` is quoted as SQL needs it; of a policy, trigger or column it is that of its relation. */
export interface Subject {
  readonly kind: ObjectKind;
  readonly identity: string;
  /** As stored, of what has no identity of its own: a policy, trigger, column, constraint. */
  readonly name?: string;
}

export interface Found {
  readonly severity: Severity;
  readonly subject: Subject;
  /** What is there, in one sentence without a full stop. */
  readonly says: string;
  /** Why it matters, in one sentence without a full stop. */
  readonly why: string;
  /** What to do, in one line; SQL where SQL does it. */
  readonly fix: string;
}

export interface CatalogFinding extends Found {
  readonly id: CheckId;
}

/** A check of the catalogue. One concern, one file, one page in docs/checks. */
export interface FindingCheck {
  readonly id: CheckId;
  /** What a role needs for the check's own queries, where any role may not run them. */
  readonly needs?: string;
  find(scene: Scene): readonly Found[] | Promise<readonly Found[]>;
}
