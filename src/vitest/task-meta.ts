import type { Source } from '../evidence/model.ts';

/** What reporters find in `task.meta.pgattest` of a test of a claim. */
export interface ClaimMeta {
  readonly claim: string;
  readonly source: Source;
  readonly controls: readonly string[];
}

declare module 'vitest' {
  interface TaskMeta {
    pgattest?: ClaimMeta;
  }
}
