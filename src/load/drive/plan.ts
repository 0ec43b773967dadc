/** Where a generator connects, and how; the password goes by the environment. */
export interface LoadTarget {
  /** `primary`, `pooler`, `replica_1`: for the evidence. */
  readonly name: string;
  /** A host name, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Undefined on a socket, which needs none. */
  readonly ca?: string;
  /** `unnamed`: the pooler keeps no prepared statements in transaction mode, so each statement is parsed each time. */
  readonly prepare: 'named' | 'unnamed';
  /** The way in words: `Unix socket`, `TCP, TLS`. */
  readonly says: string;
}

/** Where and how in words: `pooler, Unix socket, no prepared statements`. */
export function sayWay({ name, says, prepare }: LoadTarget): string {
  return `${name}, ${says}${prepare === 'unnamed' ? ', no prepared statements' : ''}`;
}

/** What a script of load/ is told: a file of JSON whose path is in the variable PGATTEST_LOAD. */
export interface LoadPlan {
  /** Absolute paths. */
  readonly deck: string;
  readonly recording: string;
  readonly target: LoadTarget;
  /** Where reads go that may be a little late. */
  readonly reader?: LoadTarget;
  /** Virtual users; in an open model, so many that work never waits for one. */
  readonly clients: number;
  /** Transactions a second; without it the model is closed: the next begins when the last is done. */
  readonly rate?: number;
  readonly seconds: number;
  /** The instant at which all parts of a load begin, and second 0 of their recordings; without it at once. */
  readonly startAt?: string;
  /** How long a transaction may take before its connection is given up. */
  readonly deadlineMs: number;
  /** Whose work is more than its share, in the scenarios of tenants. */
  readonly tenant?: string;
  /** Its part of the transactions, 0 to 1. */
  readonly share?: number;
  /** Virtual users of its storm. */
  readonly storm?: number;
}
