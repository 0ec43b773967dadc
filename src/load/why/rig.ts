import pg from 'pg';
import { type ServerError, Session, serverError } from '../../cluster/session.ts';
import { type Explained, readExplain } from './plan.ts';
import type { Probe } from './probe.ts';

/** How a probe is run: what is changed first, and as whom. */
export interface Way {
  /** Run as the actor before anything else, in the same transaction. */
  readonly first?: string;
  /** Run as the superuser before it, in the same transaction. */
  readonly change?: readonly string[];
  /** As the superuser instead of the request role, with the actor's settings: row security does not bind it. */
  readonly bypass?: boolean;
  /** Sent as EXECUTE of a prepared statement with one plan for all parameters; what functions do inside goes by it too. */
  readonly generic?: boolean;
  /** Another actor's settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Run {
  /** Medians of the counted runs; triggers are in executionMs. */
  readonly executionMs: number;
  readonly planningMs: number;
  /** Of the last one. */
  readonly explained: Explained;
}

/** A statement that the server refused, or that failed. */
export class ProbeError extends Error {
  readonly server: ServerError;

  constructor(server: ServerError, cause: unknown) {
    super(server.message, { cause });
    this.server = server;
  }
}

export interface RigOptions {
  readonly role: string;
  /** Whether writes may be executed, and objects changed, in transactions that are rolled back. */
  readonly writes: boolean;
  /** How long one statement may take, in milliseconds. */
  readonly statementMs: number;
}

const preparedName = 'pgattest_why';
const slowMs = 50;

/** Runs probes on one superuser connection, each in a transaction of its own that is rolled back, whatever happens. */
export class Rig {
  readonly #client: pg.Client;
  readonly #options: RigOptions;

  constructor(client: pg.Client, options: RigOptions) {
    this.#client = client;
    this.#options = options;
  }

  get writes(): boolean {
    return this.#options.writes;
  }

  /** Does work in a transaction that is rolled back. Nothing waits longer than five seconds for a lock of somebody else. */
  async undone<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = new Session(this.#client);
    await this.#client.query(this.#options.writes ? 'BEGIN' : 'BEGIN READ ONLY');
    try {
      await session.script(
        `SET LOCAL lock_timeout = 5000; SET LOCAL statement_timeout = ${this.#options.statementMs}`,
      );
      return await work(session);
    } finally {
      await this.#client.query('ROLLBACK');
    }
  }

  /** Becomes what a probe is run as, after the changes of its way. */
  async prepare(session: Session, probe: Probe, way: Way): Promise<void> {
    const settings = way.settings ?? probe.settings;
    if (way.first !== undefined) {
      await session.become({ role: this.#options.role, settings });
      await this.#said(session.script(way.first));
      await session.resume();
    }
    for (const sql of way.change ?? []) await session.script(sql);
    if (way.bypass !== true) await session.become({ role: this.#options.role, settings });
    else {
      for (const [name, value] of Object.entries(settings))
        await session.query('SELECT pg_catalog.set_config($1, $2, true)', [name, value]);
    }
    for (const { sql, values } of probe.before) await this.#said(session.query(sql, values));
  }

  /**
   * Runs a probe once to warm up and then `runs` times, fewer when it is slow. Throws ProbeError where the server refuses.
   *
   * @param timing with the time of each node and trigger, which makes it slower
   */
  async run(probe: Probe, way: Way, { runs = 5, timing = false } = {}): Promise<Run> {
    return this.undone(async (session) => {
      await this.prepare(session, probe, way);
      return way.generic !== true
        ? this.#repeat(session, probe, explain(probe.sql, timing), probe.values, runs)
        : this.#prepared(session, probe, runs);
    });
  }

  /** EXPLAIN without ANALYZE: nothing is executed. */
  async planned(probe: Probe, way: Way = {}): Promise<Explained> {
    return this.undone(async (session) => {
      await this.prepare(session, { ...probe, before: [] }, way);
      const rows = await this.#said(
        session.query(`EXPLAIN (VERBOSE, FORMAT JSON) ${probe.sql}`, probe.values),
      );
      return readExplain(rows[0]?.['QUERY PLAN']);
    });
  }

  /**
   * What pg_stat_statements has as queryid; undefined when the server computes none. Read from the text: as a number of JSON it would
   * lose its last digits.
   */
  async queryId(probe: Probe): Promise<string | undefined> {
    return this.undone(async (session) => {
      await this.prepare(session, { ...probe, before: [] }, {});
      const rows = await this.#said(session.query(`EXPLAIN (VERBOSE) ${probe.sql}`, probe.values));
      const lines = rows.map((row) => String(row['QUERY PLAN']));
      return lines
        .map((line) => /^Query Identifier: (-?\d+)$/.exec(line)?.[1])
        .find((id) => id !== undefined);
    });
  }

  async #prepared(session: Session, probe: Probe, runs: number): Promise<Run> {
    await session.script('SET LOCAL plan_cache_mode = force_generic_plan');
    const values = probe.values.map((value) => (value === null ? 'NULL' : pg.escapeLiteral(value)));
    const call = `EXECUTE ${preparedName}${values.length === 0 ? '' : ` (${values.join(', ')})`}`;
    try {
      await this.#said(session.script(`PREPARE ${preparedName} AS ${probe.sql}`));
      return await this.#repeat(session, probe, explain(call, false), [], runs);
    } finally {
      // A prepared statement outlives its transaction; in one that failed it goes after it.
      await this.#client.query(`ROLLBACK; DEALLOCATE ALL; BEGIN`);
    }
  }

  async #repeat(
    session: Session,
    { kind }: Probe,
    sql: string,
    values: readonly unknown[],
    runs: number,
  ): Promise<Run> {
    const once = async () => {
      const rows = await this.#said(session.query(sql, values));
      return readExplain(rows[0]?.['QUERY PLAN']);
    };
    // What a write left must not be in the way of the next.
    const explainOnce = () => (kind === 'write' ? session.undone(once) : once());
    const warm = await explainOnce();
    const counted: Explained[] = [];
    const wanted = (warm.executionMs ?? 0) > slowMs ? 1 : runs;
    while (counted.length < wanted) counted.push(await explainOnce());
    return {
      executionMs: middle(counted.map(({ executionMs }) => executionMs ?? 0)),
      planningMs: middle(counted.map(({ planningMs }) => planningMs)),
      explained: counted.at(-1) ?? warm,
    };
  }

  async #said<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      throw new ProbeError(serverError(error), error);
    }
  }
}

/** EXPLAIN that executes. VERBOSE names schemas and gives the query's id. */
export function explain(sql: string, timing: boolean): string {
  return `EXPLAIN (ANALYZE, VERBOSE, BUFFERS, TIMING ${timing ? 'ON' : 'OFF'}, SUMMARY ON, FORMAT JSON) ${sql}`;
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
