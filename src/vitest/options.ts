import type { On } from '../cluster/binaries.ts';

/** The database that tests get. */
export interface SuiteOptions {
  /** Where PostgreSQL comes from. Default `auto`. */
  readonly on?: On;
  /** Default 1. */
  readonly seed?: number;
  /** Default 1: ten tenants in the designs that come with pgattest. */
  readonly scale?: number;
}

/** Vitest's own limits are for tests without a server. */
export const testTimeoutMs = 120_000;
export const startTimeoutMs = 120_000;
