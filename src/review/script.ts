import { type Class, classify } from './classify.ts';
import type { Statement } from './statements.ts';

/** A statement of the document with what repairs made of it. */
export interface Step extends Statement {
  readonly class: Class;
  /** What is run: the text itself, or what a repair put in its place; none where a repair takes it out. */
  readonly texts: readonly string[];
  /** Run before it, each alone. */
  readonly before: readonly string[];
  /** Run after it, when it succeeds. */
  readonly after: readonly string[];
}

/** The steps of a document as written. */
export function stepsOf(statements: readonly Statement[]): readonly Step[] {
  return statements.map((statement) => ({
    ...statement,
    class: classify(statement.text),
    texts: [statement.text],
    before: [],
    after: [],
  }));
}

/** A step whose text is looked at, not run, in the passes that follow: templates are prepared, fragments are left out. */
export function withoutRunning(step: Step): Step {
  if (step.class.role === 'fragment' || step.class.role === 'psql') return { ...step, texts: [] };
  if (step.class.role !== 'template') return step;
  return {
    ...step,
    texts: [
      `PREPARE pgattest_template AS ${step.class.prepared ?? step.text}`,
      'DEALLOCATE pgattest_template',
    ],
  };
}
