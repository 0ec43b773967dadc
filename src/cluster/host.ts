/**
 * A place where servers run: today this machine's processes, later containers.
 * The cluster, the drills and the load are written against this interface alone.
 */
export interface Host {
  readonly kind: string;
  /** What this host can do to a service beyond starting and killing it. */
  readonly abilities: ReadonlySet<HostAbility>;
  /** The folder that belongs to this host alone; gone after `close`. Servers may write below it. */
  readonly folder: string;

  /** Runs a command to its end. Never throws for a non-zero exit: the result says it. */
  exec(command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Starts a service that the host owns until it is killed. */
  start(command: readonly string[], options: StartOptions): Promise<Service>;

  writeFile(path: string, content: string, mode?: number): Promise<void>;
  readFile(path: string): Promise<string>;
  makeFolder(path: string, mode?: number): Promise<void>;
  remove(path: string): Promise<void>;
  /** A TCP port on the loopback that nothing listens on now. The caller retries if it lost the race. */
  port(): Promise<number>;

  /** Kills every service and removes every file of this host. Safe to call twice. */
  close(): Promise<void>;
}

export type HostAbility = 'freeze' | 'cut-off';

export interface ExecOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  /** File below the host's folder that takes standard output and error. */
  readonly log: string;
  /** The signal that ends it in order and at once; what `close` sends before it kills. Default SIGTERM. */
  readonly stop?: 'SIGINT' | 'SIGTERM' | 'SIGQUIT';
}

/** A running server process (with its children) on a host. */
export interface Service {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process has gone, with its exit code or signal. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Sends a signal to the main process. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGQUIT' | 'SIGHUP'): void;
  /** Kills the process and all its children at once, as a power cut would. */
  kill(): Promise<void>;
  /** Stops the process and its children without ending them; `thaw` lets them go on. Needs ability `freeze`. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Cuts the service off the network until the returned function is called. Needs ability `cut-off`. */
  cutOff(): Promise<() => Promise<void>>;
  /** The log so far. */
  log(): Promise<string>;
}
