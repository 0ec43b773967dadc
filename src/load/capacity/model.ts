/** What uses processors when load runs: the server's processes, the pooler's, the generator's. */
export const components = ['server', 'pooler', 'generator'] as const;
export type Component = (typeof components)[number];

/** What one trial measured. */
export interface Point {
  /** Processors that the server might use. */
  readonly cores: number;
  /** Work under way at once: clients of a closed model. */
  readonly clients: number;
  /** Statements a second, reads and writes together; BEGIN, SET and COMMIT do not count. */
  readonly throughput: number;
  /** The part of them that reads, 0 to 1. */
  readonly readShare: number;
  /** Processor seconds for each second of the trial: cores in use. A component that is not there is absent. */
  readonly busy: Readonly<Partial<Record<Component, number>>>;
  /** True when server and generator had processors in common: then they took them from each other. */
  readonly shared: boolean;
}

/** A figure with its 95 % interval; without one where there are too few points to tell. */
export interface Estimate {
  readonly value: number;
  readonly interval?: readonly [low: number, high: number];
}

/** The Universal Scalability Law's parameters. */
export interface Usl {
  /** Throughput of one: statements a second. */
  readonly lambda: number;
  /** Contention: the part that is done one after the other, 0 to 1. */
  readonly sigma: number;
  /** Coherency: what each pair costs, 0 or more. */
  readonly kappa: number;
}

/** Throughput `x` at `n`: clients, or processors. */
export interface UslPoint {
  readonly n: number;
  readonly x: number;
}
