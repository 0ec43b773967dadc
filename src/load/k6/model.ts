/** One run of k6. */
export interface K6Options {
  /** The script, JavaScript or TypeScript. */
  readonly script: string;
  /** The k6 to run; see `buildK6`. */
  readonly binary: string;
  /** Read by the script as `__ENV`; nothing of the caller's environment gets through but PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** Password of the database user, as PGATTEST_PASSWORD: it is not in the arguments and is masked in output. */
  readonly password?: string;
  /** Working folder, and where the summary is kept. Made when it is not there. */
  readonly folder: string;
  /** `1/4:1/2`: which part of the whole this process makes. */
  readonly segment?: { readonly part: string; readonly sequence: string };
  /** Further arguments of `k6 run`, such as `--out json=metrics.json`. */
  readonly args?: readonly string[];
  /** Pins it to processors, as `taskset -c` takes them: `0,1`. */
  readonly processors?: string;
  /** Milliseconds after which it is stopped as if aborted. */
  readonly timeoutMs?: number;
  /** Aborted: SIGINT, then, after `graceMs`, SIGKILL. What was recorded is kept. */
  readonly signal?: AbortSignal;
  /** Default: 10000. */
  readonly graceMs?: number;
  readonly onProgress?: (progress: K6Progress) => void;
  readonly onLog?: (line: K6Log) => void;
  /** The process, as soon as there is one: who measures its processor time needs it. */
  readonly onStart?: (pid: number) => void;
}

export interface K6Progress {
  /** Of the whole test, 0 to 1. */
  readonly fraction: number;
  /** Seconds since it began, as k6 says it. */
  readonly elapsed: number;
  readonly activeUsers: number;
  readonly iterations: number;
  readonly interrupted: number;
}

export interface K6Log {
  readonly level: 'error' | 'warning' | 'info' | 'debug';
  readonly message: string;
  /** Where it comes from, when k6 says it: `console`, a scenario. */
  readonly source: string | null;
}

/** How it ended: by k6's exit status and what it said. Nothing of it is thrown. */
export type K6Ending =
  | { readonly kind: 'passed' }
  | { readonly kind: 'thresholds'; readonly crossed: readonly string[] }
  /** The script is wrong, throws at its top level or in setup, or asks for an option that there is not. */
  | { readonly kind: 'script'; readonly message: string }
  /** `test.abort` or the extension: a full disk, for one. */
  | { readonly kind: 'gave-up'; readonly message: string }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'timeout' }
  /** Killed, out of memory, or a status that k6 does not document. */
  | { readonly kind: 'failed'; readonly message: string };

export interface K6Result {
  readonly ending: K6Ending;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Wall clock of the process, ms. */
  readonly elapsedMs: number;
  /** Processor time of the process, seconds; null where it cannot be read. */
  readonly processorSeconds: number | null;
  /** Null when k6 ended before there was one. */
  readonly summary: K6Summary | null;
  /** The first hundred errors that it logged. */
  readonly errors: readonly string[];
  /** How many there were. */
  readonly errorCount: number;
}

/** What k6 counted. */
export interface K6Summary {
  readonly iterations: number;
  /** Scheduled and never started, since no virtual user was free. Any of them fails a claim. */
  readonly droppedIterations: number;
  readonly interruptedIterations: number;
  readonly checksFailed: number;
  readonly seconds: number;
  readonly usersMax: number;
  readonly thresholds: readonly { readonly metric: string; readonly source: string; readonly ok: boolean }[];
  /** Every metric's figures, as k6 names them: `count`, `rate`, `p(95)`. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A k6 that has the extension. */
export interface K6Binary {
  readonly path: string;
  /** `v2.2.0` */
  readonly version: string;
  /** Of the Go sources, the Go version and the platform. */
  readonly key: string;
  /** Whether it had to be built just now. */
  readonly built: boolean;
}
