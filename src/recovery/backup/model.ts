import type { Postgres } from '../../cluster/postgres.ts';

/** Where a restore ends. Without one: as far as there is WAL. */
export type RestoreTarget =
  | { readonly kind: 'end' }
  /** The server's clock, as text: `2026-01-01 00:00:00.123456+00`. */
  | { readonly kind: 'time'; readonly at: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'lsn'; readonly lsn: string };

export interface Backup {
  /** As the method names it: `20260101-000000F`. */
  readonly label: string;
  readonly kind: 'full' | 'differential' | 'incremental' | 'dump';
  /** Of what is stored. */
  readonly bytes: number;
  readonly milliseconds: number;
  /** The server's clock when it ended. A restore cannot end before. */
  readonly at: Date;
  /** Where its WAL ended; dumps have none. */
  readonly end?: { readonly lsn: string; readonly timeline: number };
}

/** Phases of one restore, in milliseconds of the steady clock since it was asked for. */
export interface RestorePhases {
  /** The files of the backup are in place. */
  readonly fetched: number;
  /** The server lets readers in. */
  readonly consistent: number;
  /** It reached its target and takes writes. */
  readonly reached: number;
}

export interface Restored {
  readonly server: Postgres;
  readonly phases: RestorePhases;
  /** Bytes of the data folder after fetching, and segments of WAL that were replayed. */
  readonly bytes: number;
  readonly segments: number;
  /** Where recovery ended, and on which time line it had come there. Dumps have none. */
  readonly end?: { readonly lsn: string; readonly timeline: number };
  /** Stops the server and removes its files. */
  close(): Promise<void>;
}

export interface RestoreOptions {
  /** Names the new server, its folder and its log: `restored`. */
  readonly name: string;
  readonly target: RestoreTarget;
  /** Which backup. Default: the newest that the target allows; the oldest for a name, since nothing says when that was given. */
  readonly backup?: string;
  /** Which time line to follow. Default `latest`. */
  readonly timeline?: string;
  /** It goes on archiving, on its new time line, to where it came from. Default false: a copy beside others leaves the archive alone. */
  readonly archives?: boolean;
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
}

/** A way to make backups of a running cluster and to get a server back from them. */
export interface BackupMethod {
  readonly name: 'copies' | 'pgbackrest' | 'dump';
  /** In words, for the evidence. */
  readonly says: string;
  /** Throws ClusterError with the tool's own words. */
  take(kind: Backup['kind'], signal?: AbortSignal): Promise<Backup>;
  list(): Promise<readonly Backup[]>;
  /** Whether what is stored is whole, as the tool itself says. Sentences for what is wrong. */
  verify(): Promise<readonly string[]>;
  /** Whether WAL that is written now gets to where the backups need it. Sentences for what is wrong. */
  check(): Promise<readonly string[]>;
  /**
   * A new server beside the cluster, from a backup and the archive. Throws ClusterError with the server's own words where recovery ends
   * before its target, or does not begin.
   */
  restore(options: RestoreOptions): Promise<Restored>;
}
