import type { Query } from '../../catalog/query.ts';
import type { Refusal } from '../scratch-query.ts';
import type { Step } from '../script.ts';

/** A step that fails by its own fault, in the text that it has now. */
export interface Failure {
  readonly index: number;
  readonly step: Step;
  readonly refusal: Refusal;
  /** The text that failed: one of the step's. */
  readonly text: string;
}

/** What a fix may look at: all steps, and the scratch database as the pass left it. */
export interface Scene {
  readonly steps: readonly Step[];
  readonly query: Query;
}

/** A repair of one step: the failed one, or an earlier one that made something wrong. */
export interface Repair {
  readonly target: number;
  /** In the place of the step's text; [] takes it out. Undefined leaves it. */
  readonly texts?: readonly string[];
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  /** What to write instead, in one line. */
  readonly says: string;
}

/** A known fault of load and its repair. One fault, one file. */
export interface Fix {
  readonly id: string;
  readonly sqlstates: readonly string[];
  /** Undefined when the failure is another one. */
  propose(failure: Failure, scene: Scene): Promise<Repair | undefined>;
}

/** A repair that puts one text in the place of the failed one. */
export function replacing(failure: Failure, text: string, says: string): Repair {
  return {
    target: failure.index,
    texts: failure.step.texts.map((each) => (each === failure.text ? text : each)),
    says,
  };
}
