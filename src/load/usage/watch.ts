import type pg from 'pg';
import type { Component, Usage, UsageSample } from './model.ts';

/** A component that is known by its processes. */
export type Watched = Exclude<Component, 'other'>;

/** Whom to watch. All of it is optional: what is not given is not seen, and said so. */
export interface UsageWish {
  /** Process ids, asked for at each sample, since a service may be started again; descendants count with them. */
  readonly processes?: Readonly<Partial<Record<Watched, () => readonly number[]>>>;
  /** A connection to the primary, of the sampler's own, which it closes. */
  readonly connect?: () => Promise<pg.Client>;
  /** One to the pooler's console. */
  readonly connectConsole?: () => Promise<pg.Client>;
  /** Default one second. */
  readonly intervalMs?: number;
  readonly platform?: NodeJS.Platform;
  readonly onSample?: (sample: UsageSample) => void;
}

/** Runs until it is stopped. */
export interface UsageSampler {
  /** The process of a program that starts later, such as a generator; the function returned ends it. */
  watch(component: Watched, pid: number): () => void;
  /** Closes the connections and says what was seen. Safe to call twice. */
  stop(): Promise<Usage>;
}
