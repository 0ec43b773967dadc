import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Query } from '../catalog/query.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type Answer, type Refusal, ScratchQuery } from './scratch-query.ts';

export interface Limits {
  /** For one statement. */
  readonly statementMs: number;
  /** For the document: half of it for the first pass, the rest for those with repairs. */
  readonly totalMs: number;
  /** What one statement may send back. */
  readonly answerBytes: number;
}

export const defaultLimits: Limits = { statementMs: 10_000, totalMs: 120_000, answerBytes: 64 * 1024 ** 2 };

/** The role that statements run as: owner of the scratch database, and nothing beyond it. */
export const scratchRole = 'pgattest_review';

/**
 * A database of its own on a scratch cluster. Statements run over a login of a role that is no superuser, so there is
 * nothing to fall back to; a superuser's connection, opened before any of them, looks on, and does on the role's
 * behalf what only a superuser can do and does no harm.
 */
export class Scratch {
  readonly #cluster: Cluster;
  readonly #database: string;
  readonly #limits: Limits;
  readonly #password = randomBytes(24).toString('base64url');
  readonly #admin: pg.Client;
  #client: pg.Client | undefined;
  #bytes = 0;
  /** Why the statement that runs was ended by us. */
  #ended: Refusal | undefined;

  private constructor(cluster: Cluster, database: string, limits: Limits, admin: pg.Client) {
    this.#cluster = cluster;
    this.#database = database;
    this.#limits = limits;
    this.#admin = admin;
  }

  static async open(cluster: Cluster, database: string, limits: Limits): Promise<Scratch> {
    const server = await cluster.primary.connect();
    try {
      const name = pg.escapeIdentifier(database);
      await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await dropRoles(server);
      await server.query(`CREATE ROLE ${scratchRole} LOGIN`);
      await server.query(`GRANT pg_monitor TO ${scratchRole}`);
      await server.query(`CREATE DATABASE ${name} OWNER ${scratchRole}`);
    } finally {
      await server.end();
    }
    const admin = await cluster.primary.connect({ database });
    const scratch = new Scratch(cluster, database, limits, admin);
    try {
      // What the document makes must not be found by the superuser's own statements.
      await admin.query(
        "SET search_path = pg_catalog, pg_temp; SET lock_timeout = '5s'; SET statement_timeout = '30s'",
      );
      await admin.query(`GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO ${scratchRole}`);
      await scratch.#connect();
      return scratch;
    } catch (error) {
      await scratch.close();
      throw error;
    }
  }

  /** Asks as the superuser. */
  readonly query: Query = async (sql, values = []) => (await this.#admin.query(sql, [...values])).rows;

  /** Runs one statement as the scratch role, within the limits; a lost connection is an error like others. */
  async run(text: string): Promise<Answer> {
    const client = await this.#connect();
    this.#bytes = 0;
    this.#ended = undefined;
    const query = new ScratchQuery(text);
    const pid = (client as pg.Client & { readonly processID: number }).processID;
    const timers = [
      // The statement may have switched statement_timeout off, and may catch what cancels it.
      setTimeout(() => void this.#end('pg_cancel_backend', pid), this.#limits.statementMs + 500),
      setTimeout(() => void this.#end('pg_terminate_backend', pid), this.#limits.statementMs + 1_500),
    ];
    try {
      client.query(query);
      const answer = await query.answer;
      if (this.#ended === undefined || answer.status === 'done') return answer;
      return { status: 'error', refusal: this.#ended };
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  }

  /** `I` outside a transaction, `T` inside one, `E` inside one that failed. */
  state(): string {
    const status = (
      this.#client as (pg.Client & { getTransactionStatus(): string | null }) | undefined
    )?.getTransactionStatus();
    return status ?? 'I';
  }

  /** Ends the role's connection; what it had open is undone. */
  async disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }

  async close(): Promise<void> {
    await this.disconnect();
    await this.#admin.end().catch(() => {});
  }

  async #connect(): Promise<pg.Client> {
    if (this.#client !== undefined) return this.#client;
    const name = pg.escapeIdentifier(this.#database);
    // Its own statements may have shut the role out.
    await this.#admin.query(
      `ALTER ROLE ${scratchRole} LOGIN CONNECTION LIMIT -1 PASSWORD '${this.#password}'`,
    );
    await this.#admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true CONNECTION LIMIT -1`);
    const client = new pg.Client({
      ...this.#cluster.primary.tcp,
      user: scratchRole,
      password: this.#password,
      database: this.#database,
      application_name: 'pgattest review',
      ssl: false,
      options: `-c TimeZone=UTC -c statement_timeout=${this.#limits.statementMs}`,
    });
    const lost = () => {
      if (this.#client === client) this.#client = undefined;
    };
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    const { stream } = (
      client as pg.Client & { connection: { stream: NodeJS.ReadableStream & { destroy(): void } } }
    ).connection;
    stream.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (this.#bytes <= this.#limits.answerBytes) return;
      const message = `sends more than ${Math.round(this.#limits.answerBytes / 1024 ** 2)} MB`;
      this.#ended = { sqlstate: '54000', message };
      stream.destroy();
    });
    this.#client = client;
    return client;
  }

  async #end(how: 'pg_cancel_backend' | 'pg_terminate_backend', pid: number): Promise<void> {
    const message = `did not end within ${this.#limits.statementMs / 1000} s`;
    this.#ended = { sqlstate: '57014', message };
    await this.#admin.query(`SELECT ${how}($1)`, [pid]).catch(() => {});
  }
}

/** Roles belong to the cluster: those of an earlier pass go, so that each begins with none. */
async function dropRoles(server: pg.Client): Promise<void> {
  const { rows } = await server.query<{ rolname: string }>(
    "SELECT rolname FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' AND rolname <> current_user OR rolname = $1",
    [scratchRole],
  );
  for (const { rolname } of rows) await server.query(`DROP ROLE ${pg.escapeIdentifier(rolname)}`);
}
