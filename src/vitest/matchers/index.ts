import { expect } from 'vitest';
import { type ToBeAuditedOptions, toBeAudited } from './to-be-audited.ts';
import { type DeniedBy, toBeDenied } from './to-be-denied.ts';
import { type ToSeeOptions, toSee } from './to-see.ts';

export type { DeniedBy, ToBeAuditedOptions, ToSeeOptions };

// To import the adapter is to have them.
expect.extend({
  toSee(received: unknown, table: string, options?: ToSeeOptions) {
    return toSee(received, table, options);
  },
  toBeDenied(received: unknown, by?: DeniedBy) {
    return toBeDenied(received, by, this.isNot);
  },
  toBeAudited(received: unknown, options: ToBeAuditedOptions) {
    return toBeAudited(received, options, this.isNot);
  },
});
