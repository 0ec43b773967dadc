import pg from 'pg';
import { type TextResult, textQuery } from './text-query.ts';

/** A statement that ended, one way or the other. Errors of the server are outcomes, not exceptions. */
export type Attempt =
  | { readonly status: 'done'; readonly rows: readonly Row[]; readonly count: number }
  | { readonly status: 'error'; readonly error: ServerError };

export type Row = Readonly<Record<string, unknown>>;

/** What the server said, with the parts that tell one kind of refusal from another. */
export interface ServerError {
  readonly sqlstate: string;
  readonly message: string;
  readonly detail?: string;
  /** The C function that raised it: `ExecWithCheckOptions` is a policy, `aclcheck_error` a privilege. */
  readonly routine?: string;
  /** The PL/pgSQL call stack. */
  readonly where?: string;
  readonly table?: string;
  readonly constraint?: string;
}

/**
 * One superuser connection inside one transaction, with savepoints. Whatever is done in it can be undone, and
 * `as` looks at the database with the eyes of somebody else.
 */
export class Session {
  readonly #client: pg.Client;
  #depth = 0;

  constructor(client: pg.Client) {
    this.#client = client;
  }

  /** Runs a statement; a server error is thrown as it is. */
  async query(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const result = await this.#client.query<Record<string, unknown>>(text, [...values]);
    return result.rows;
  }

  /** Runs statements without parameters, as one simple query. */
  async script(text: string): Promise<void> {
    await this.#client.query(text);
  }

  /** Runs statements as one simple query, with every value as the server wrote it. */
  async text(text: string): Promise<TextResult> {
    return textQuery(this.#client, text);
  }

  /** Runs a statement under a savepoint of its own; what it changed is undone unless `keep`. */
  async attempt(text: string, values: readonly unknown[] = [], keep = false): Promise<Attempt> {
    const name = `s${++this.#depth}`;
    try {
      await this.#client.query(`SAVEPOINT ${name}`);
      try {
        const result = await this.#client.query<Record<string, unknown>>(text, [...values]);
        await this.#client.query(keep ? `RELEASE ${name}` : `ROLLBACK TO ${name}; RELEASE ${name}`);
        return { status: 'done', rows: result.rows, count: result.rowCount ?? 0 };
      } catch (error) {
        // A statement that was cut off says nothing of what the database allows.
        if (!(error instanceof pg.DatabaseError) || error.code === '57014') throw error;
        await this.#client.query(`ROLLBACK TO ${name}; RELEASE ${name}`);
        return { status: 'error', error: serverError(error) };
      }
    } finally {
      this.#depth--;
    }
  }

  /** Runs `work` under a savepoint and undoes everything it did, settings and role included. */
  async undone<T>(work: () => Promise<T>): Promise<T> {
    const name = `s${++this.#depth}`;
    try {
      await this.#client.query(`SAVEPOINT ${name}`);
      try {
        return await work();
      } finally {
        await this.#client.query(`ROLLBACK TO ${name}; RELEASE ${name}`);
      }
    } finally {
      this.#depth--;
    }
  }

  /**
   * Becomes a role as a login of its own would be (session_user too), with transaction-local settings, for `work`;
   * everything is undone after. `triggers: false` sets session_replication_role to replica first, so that policies
   * are seen without the triggers and foreign keys that stand behind them.
   */
  async as<T>(identity: Identity, work: () => Promise<T>): Promise<T> {
    return this.undone(async () => {
      await this.become(identity);
      return work();
    });
  }

  /** Becomes a role until the enclosing savepoint is undone, or until `resume`. */
  async become(identity: Identity): Promise<void> {
    const settings = Object.entries(identity.settings).map(
      ([name, value]) => `set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, true)`,
    );
    await this.#client.query(
      [
        ...(identity.triggers === false ? ['SET LOCAL session_replication_role = replica'] : []),
        ...(settings.length > 0 ? [`SELECT ${settings.join(', ')}`] : []),
        `SET LOCAL SESSION AUTHORIZATION ${pg.escapeIdentifier(identity.role)}`,
      ].join('; '),
    );
  }

  /** Back to the superuser, inside `as`; what was done stays until the savepoint is undone. */
  async resume(): Promise<void> {
    await this.#client.query('SET LOCAL SESSION AUTHORIZATION DEFAULT');
  }
}

export interface Identity {
  readonly role: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Default true. */
  readonly triggers?: boolean;
}

/** The parts of a server's error. */
export function serverError(error: pg.DatabaseError): ServerError {
  return {
    sqlstate: error.code ?? 'XX000',
    message: error.message,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.routine === undefined ? {} : { routine: error.routine }),
    ...(error.where === undefined ? {} : { where: error.where }),
    ...(error.table === undefined ? {} : { table: error.table }),
    ...(error.constraint === undefined ? {} : { constraint: error.constraint }),
  };
}
