import type pg from 'pg';

export interface ConnectOptions {
  /** Default: the one that the server is administered from, or that its address names. */
  readonly database?: string;
  readonly applicationName?: string;
  /** How long a statement may take. Default: as the server says. */
  readonly statementMs?: number;
}

/** How long a server may take to let a client in: one that is frozen takes the connection and says nothing. */
export const connectMs = 15_000;

/** How long one statement of a check may take: one that waits for a replica that is gone would wait for ever. */
export const statementMs = 120_000;

/**
 * What a session starts with, so that neither RESET nor DISCARD ALL takes it back, nor PGOPTIONS of the caller's environment gets in.
 */
export function sessionOptions({
  readOnly = false,
  statementMs = 0,
}: {
  readonly readOnly?: boolean;
  readonly statementMs?: number | undefined;
}): string {
  return [
    '-c TimeZone=UTC',
    ...(readOnly ? ['-c default_transaction_read_only=on'] : []),
    ...(statementMs === 0 ? [] : [`-c statement_timeout=${statementMs}`]),
  ].join(' ');
}

/** A PostgreSQL server, whoever started it, as the role that pgattest has there. */
export interface Server {
  /** `15.18 (Debian 15.18-0+deb12u1)`. */
  readonly version: string;
  /** A lost connection fails the query in flight and the ones to come. Rejects with what the server or the socket said. */
  connect(options?: ConnectOptions): Promise<pg.Client>;
  /** Makes a database, as a copy of `template` when given; nobody may be connected to that. */
  createDatabase(name: string, template?: string): Promise<void>;
  /** Makes a copy under a name of its own, and gives the name. */
  copyDatabase(template: string): Promise<string>;
  /** Drops a database and throws out who is connected to it; none of that name is fine. */
  dropDatabase(name: string): Promise<void>;
}
