import type { Binaries } from './binaries.ts';
import type { Host } from './host.ts';

/** A program that is there, and what it says of its version where it was asked. */
export interface Program {
  readonly path: string;
  readonly version?: string;
}

/** Where a cluster comes to stand: a host, the programs that it has, and how this program gets in. */
export interface Site {
  readonly host: Host;
  readonly binaries: Binaries;
  /** Of the servers, which in containers is not this program's. */
  readonly platform: NodeJS.Platform;
  /** The superuser's password, where the servers' sockets are out of reach; undefined: they are at hand. */
  readonly password: string | undefined;
  /** What makes this site unlike production. */
  readonly notes: readonly string[];
  /** Free space where the data goes. */
  freeBytes(): Promise<number>;
  hasLibrary(name: string): boolean;
  /** A program for what stands around the servers, when it is there. */
  program(name: 'pgbouncer' | 'pgbackrest'): Promise<Program | undefined>;
  /** Makes the data folder of a new server. */
  makeData(name: string): Promise<string>;
  /** Makes a private folder for sockets. */
  socketFolder(name: string): Promise<string>;
  /** Removes everything. Safe to call twice. */
  close(): Promise<void>;
}
