import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { ClusterError } from '../error.ts';
import { type ConnectOptions, type Server, sessionOptions } from '../server.ts';
import type { DatabaseAddress } from './address.ts';
import { copyName, isCopyOf } from './copies.ts';

export interface UsersServerOptions {
  readonly address: DatabaseAddress;
  readonly version: string;
  /** A database to administer others from. */
  readonly elsewhere: string | undefined;
  readonly readOnly: boolean;
}

/** object_in_use */
const inUse = '55006';

/** A server that the user runs, through the login of its address. What it made there goes with `close`. */
export class UsersServer implements Server {
  readonly version: string;
  /** Tells what this run made and opened from what others did. */
  readonly key = randomBytes(4).toString('hex');
  readonly #address: DatabaseAddress;
  readonly #elsewhere: string | undefined;
  readonly #readOnly: boolean;
  readonly #made = new Set<string>();

  constructor({ address, version, elsewhere, readOnly }: UsersServerOptions) {
    this.version = version;
    this.#address = address;
    this.#elsewhere = elsewhere;
    this.#readOnly = readOnly;
  }

  get applicationName(): string {
    return `pgattest ${this.key}`;
  }

  async connect({ database, applicationName, statementMs }: ConnectOptions = {}): Promise<pg.Client> {
    const client = this.#address.client({
      applicationName: applicationName ?? this.applicationName,
      ...(database === undefined ? {} : { database }),
      options: sessionOptions({ readOnly: this.#readOnly, statementMs }),
    });
    await client.connect();
    return client;
  }

  async createDatabase(name: string, template = 'template1'): Promise<void> {
    this.#made.add(name);
    await this.#administer(
      `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)}`,
    );
  }

  async copyDatabase(template: string): Promise<string> {
    const name = copyName(this.key);
    try {
      await this.createDatabase(name, template);
    } catch (error) {
      if ((error as { readonly code?: string }).code !== inUse) throw error;
      throw new ClusterError(
        'not-able',
        `others came to ${template} while it was to be copied`,
        'keep them away, or let them in before the run, which then goes on in place',
      );
    }
    return name;
  }

  async dropDatabase(name: string): Promise<void> {
    // Only what this run made: the rest is the user's.
    if (!this.#made.has(name) && !isCopyOf(name)) throw new Error(`${name} is not ours to drop`);
    await this.#administer(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    this.#made.delete(name);
  }

  /** Ends sessions of this run that are still at work, and drops every copy that it made. */
  async close(): Promise<void> {
    const client = await this.connect(this.#elsewhere === undefined ? {} : { database: this.#elsewhere });
    try {
      await client.query(
        `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
         WHERE application_name = $1 AND usename = session_user AND pid <> pg_catalog.pg_backend_pid()`,
        [this.applicationName],
      );
      for (const name of this.#made) {
        await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
        this.#made.delete(name);
      }
    } finally {
      await client.end().catch(() => {});
    }
  }

  async #administer(statement: string): Promise<void> {
    const client = await this.connect(this.#elsewhere === undefined ? {} : { database: this.#elsewhere });
    try {
      await client.query(statement);
    } finally {
      await client.end().catch(() => {});
    }
  }
}
