/**
 * A place where servers run: this machine's processes, or containers. The cluster, the drills and the load are written against this
 * interface alone. Every service sees the same files at the same paths.
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
  /**
   * Makes a folder on a file system of its own, which holds so many bytes and no more. Commands see it at once, services when they are
   * started after. Needs ability `small-disk`.
   */
  limitFolder(path: string, bytes: number): Promise<void>;
  /** Makes a clock, at the true time. Needs ability `clock`. */
  makeClock(): Promise<HostClock>;
  /**
   * The path by which this program reaches a file of the host's folder, for sockets and what must not be copied; undefined where it
   * does not, as where Docker has a machine of its own.
   */
  outside(path: string): Promise<string | undefined>;
  /**
   * A place in the network for a service that is about to start. Where services share the loopback the port is one that nothing
   * listens on now, and the caller retries if it lost the race.
   */
  place(name: string, wish: PlaceWish): Promise<Place>;
  /** The addresses that services of this host come from, for pg_hba.conf: `127.0.0.0/8` or `samenet`. */
  readonly range: string;

  /** What each service has written since it was first started, those that ended too. */
  logs(): Promise<readonly ServiceLog[]>;
  /** Kills every service and removes every file of this host. Safe to call twice. */
  close(): Promise<void>;
}

export interface ServiceLog {
  readonly name: string;
  readonly text: string;
}

/** A host and a port to connect to. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface PlaceWish {
  /** The port that it has where it shares it with nobody. */
  readonly port: number;
  /** Tells services apart that must have the same port, where they share an address: 0, 1, 2… */
  readonly index?: number;
}

/** Where a service listens. */
export interface Place {
  /** `listen_addresses` and the like. */
  readonly listen: string;
  readonly port: number;
  /** The name by which the other services of the host reach it. */
  readonly host: string;
  /** A retry may give another port. */
  readonly changes: boolean;
}

export type HostAbility = 'freeze' | 'cut-off' | 'small-disk' | 'clock';

/** A clock that can be moved under running services. */
export interface HostClock {
  /** Services that are started with it have this clock. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts it so many seconds before the true time, or after it with a minus. */
  set(seconds: number): Promise<void>;
}

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
  /** Which image it is of, where services are containers. Default `postgres`. */
  readonly image?: 'postgres' | 'pgbouncer';
  /** Where it listens; without one nobody reaches it. */
  readonly place?: Place;
}

/** A running server process (with its children) on a host. */
export interface Service {
  readonly name: string;
  readonly pid: number;
  /** Where this program reaches it; undefined when it was given no place. */
  readonly address: Address | undefined;
  /**
   * The same without a program in between that forwards ports and has file handles of its own: for thousands of connections. Where
   * this machine may not reach it, as where Docker has a machine of its own, it is the same as `address`.
   */
  readonly direct: Address | undefined;
  /** Resolves when the process has gone, with its exit code or signal. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Sends a signal to the main process. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGQUIT' | 'SIGHUP'): void;
  /** Kills the process and all its children at once, as a power cut would. */
  kill(): Promise<void>;
  /** Stops the process and its children without ending them; `thaw` lets them go on. Needs ability `freeze`. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /**
   * Lets the process and its children have this share of a processor's time at most, 0 to 1, until the returned function is called.
   * Needs ability `freeze`.
   */
  throttle(share: number): Promise<() => Promise<void>>;
  /** Cuts the service off the network until the returned function is called. Needs ability `cut-off`. */
  cutOff(): Promise<() => Promise<void>>;
  /** The log so far. */
  log(): Promise<string>;
}
