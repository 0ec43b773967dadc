import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Session, serverError } from '../../../../cluster/session.ts';
import { textQuery } from '../../../../cluster/text-query.ts';
import { until } from '../../../../cluster/until.ts';
import type { CheckContext } from '../../../check.ts';
import type { Ending } from '../steps/expectation.ts';
import { becoming, type Someone } from '../steps/identity.ts';

/** A statement under way on a connection. */
export interface Running {
  readonly ending: Promise<Ending>;
  /** Undefined while it runs. */
  ended(): Ending | undefined;
}

/** How it stands with a statement after a while. */
export type Standing =
  | { readonly status: 'ended'; readonly ending: Ending }
  | { readonly status: 'waits'; readonly for: string }
  | { readonly status: 'runs' };

/** Real connections by name, each somebody for good, watched from one more. */
export class Participants {
  readonly #watcher: Session;
  readonly #clients: ReadonlyMap<string, { readonly client: pg.Client; readonly pid: number }>;

  private constructor(
    watcher: Session,
    clients: ReadonlyMap<string, { readonly client: pg.Client; readonly pid: number }>,
  ) {
    this.#watcher = watcher;
    this.#clients = clients;
  }

  static async connect(context: CheckContext, people: ReadonlyMap<string, Someone>): Promise<Participants> {
    const clients = new Map<string, { client: pg.Client; pid: number }>();
    for (const [name, who] of people) {
      const client = await context.connect();
      const { rows } = await textQuery(
        client,
        `SET statement_timeout = '60s'; SET jit = off; SELECT pg_backend_pid()`,
      );
      clients.set(name, { client, pid: Number(rows[0]?.[0]) });
      for (const statement of becoming(who, false)) await client.query(statement);
    }
    return new Participants(context.session, clients);
  }

  /** Errors of the server are endings; a connection that is lost is thrown. */
  start(name: string, sql: string): Running {
    let ended: Ending | undefined;
    const ending = endingOf(this.#one(name).client, sql).then((value) => {
      ended = value;
      return value;
    });
    // Whoever awaits it later still gets the rejection.
    ending.catch(() => {});
    return { ending, ended: () => ended };
  }

  /** Looks until the statement has ended or waits for a lock; `runs` when the limit passed first. */
  async watch(name: string, running: Running, limitMs: number): Promise<Standing> {
    let waitsFor: string | undefined;
    await until(async () => {
      if (running.ended() !== undefined) return true;
      waitsFor = await this.#blocker(name);
      return waitsFor !== undefined;
    }, limitMs);
    const ending = running.ended();
    if (ending !== undefined) return { status: 'ended', ending };
    return waitsFor === undefined ? { status: 'runs' } : { status: 'waits', for: waitsFor };
  }

  /** Looks until the statement has ended, whether or not it waits meanwhile. */
  async patience(name: string, running: Running, limitMs: number): Promise<Standing> {
    const stop = new AbortController();
    const late = delay(limitMs, undefined, { signal: stop.signal }).catch(() => undefined);
    const ending = await Promise.race([running.ending, late]).finally(() => stop.abort());
    if (ending !== undefined) return { status: 'ended', ending };
    const waitsFor = await this.#blocker(name);
    return waitsFor === undefined ? { status: 'runs' } : { status: 'waits', for: waitsFor };
  }

  /** Cancels what still runs and undoes what is not committed. */
  async leave(): Promise<void> {
    for (const { pid } of this.#clients.values()) {
      await this.#watcher.query('SELECT pg_cancel_backend($1)', [pid]);
    }
    await Promise.allSettled(
      [...this.#clients.values()].map(async ({ client }) => {
        // A cancellation that comes late hits this one: then the end of the connection undoes it.
        await client.query('ROLLBACK').catch(() => undefined);
        await client.end();
      }),
    );
  }

  #one(name: string) {
    const found = this.#clients.get(name);
    if (found === undefined) throw new Error(`no session ${name}`);
    return found;
  }

  async #blocker(name: string): Promise<string | undefined> {
    const [row] = await this.#watcher.query('SELECT pg_blocking_pids($1) AS pids', [this.#one(name).pid]);
    const [first] = (row?.pids as readonly number[] | undefined) ?? [];
    if (first === undefined) return undefined;
    const session = [...this.#clients].find(([, { pid }]) => pid === first)?.[0];
    return session === undefined ? 'another process' : `session ${session}`;
  }
}

async function endingOf(client: pg.Client, sql: string): Promise<Ending> {
  try {
    return { status: 'done', ...(await textQuery(client, sql)) };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code?.startsWith('57P')) throw error;
    return { status: 'error', error: serverError(error) };
  }
}
