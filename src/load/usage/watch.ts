import type pg from 'pg';
import type { Component, Usage, UsageSample } from './model.ts';

/** Whom to watch. All of it is optional: what is not given is not seen, and said so. */
export interface UsageWish {
  /** Processes by component; their descendants count with them. A service that is started again is looked up anew. */
  readonly processes?: Readonly<Partial<Record<Exclude<Component, 'other'>, () => readonly number[]>>>;
  /** A connection of the sampler's own, which it closes. */
  readonly connect?: () => Promise<pg.Client>;
  /** The pooler's console. */
  readonly askPooler?: (command: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Default one second. */
  readonly intervalMs?: number;
  readonly onSample?: (sample: UsageSample) => void;
}

/** Runs until it is stopped. */
export interface UsageSampler {
  /** The processes of a program that starts later, such as a generator; the function returned ends it. */
  watch(component: Exclude<Component, 'other'>, pid: number): () => void;
  /** Takes the last sample, closes the connection and says what was seen. Safe to call twice. */
  stop(): Promise<Usage>;
}
