import type { ToBeAuditedOptions } from './to-be-audited.ts';
import type { DeniedBy } from './to-be-denied.ts';
import type { ToSeeOptions } from './to-see.ts';

/** What a matcher of Vitest gives back. */
export interface Matched {
  readonly pass: boolean;
  readonly message: () => string;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: as Vitest declares it
  interface Matchers<T = any> {
    /** `db.as('viewer')` reads rows of a table: at least one, a number of them, or exactly those with these keys. */
    toSee(table: string, options?: ToSeeOptions): Promise<void>;
    /** `db.as('viewer').query(…)` is refused, or touches no row; by what, when given. */
    toBeDenied(by?: DeniedBy): Promise<void>;
    /** `db.as('admin').query(…)` leaves exactly one right record for each row that it changes. */
    toBeAudited(options: ToBeAuditedOptions): Promise<void>;
  }
}
