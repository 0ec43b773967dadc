import pg from 'pg';
import {
  type Attempt,
  type Identity,
  type Row,
  type ServerError,
  Session,
  serverError,
} from '../../cluster/session.ts';
import type { TextResult } from '../../cluster/text-query.ts';

const savepoint = 'pgattest_try';

const changes =
  /\b(insert|update|delete|merge|nextval|setval|set_config|pg_advisory\w*|lo_\w+|dblink\w*|refresh\w*)\b/i;

/** A query that leaves everything as it was. */
export function onlyReads(text: string): boolean {
  return /^\s*(select|with|table|values|show)\b/i.test(text) && !changes.test(text);
}

/**
 * A session whose attempts, one after the other, go back to one savepoint, as long as nothing that stays is done between them: one
 * message less for each.
 */
export class StandingSession extends Session {
  protected readonly client: pg.Client;
  #standing = false;

  constructor(client: pg.Client) {
    super(client);
    this.client = client;
  }

  override async attempt(text: string, values: readonly unknown[] = [], keep = false): Promise<Attempt> {
    if (keep) {
      this.stays();
      return super.attempt(text, values, true);
    }
    if (!this.#standing) await this.client.query(`SAVEPOINT ${savepoint}`);
    this.#standing = true;
    let attempt: Attempt;
    try {
      const { rows, rowCount } = await this.client.query<Record<string, unknown>>(text, [...values]);
      attempt = { status: 'done', rows, count: rowCount ?? 0 };
    } catch (error) {
      attempt = { status: 'error', error: saidByServer(error) };
    }
    await this.client.query(`ROLLBACK TO ${savepoint}`);
    return attempt;
  }

  override async query(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    if (!onlyReads(text)) this.stays();
    return super.query(text, values);
  }

  override async script(text: string): Promise<void> {
    this.stays();
    return super.script(text);
  }

  override async text(text: string): Promise<TextResult> {
    this.stays();
    return super.text(text);
  }

  override async become(identity: Identity): Promise<void> {
    this.stays();
    return super.become(identity);
  }

  override async resume(): Promise<void> {
    this.stays();
    return super.resume();
  }

  override async undone<T>(work: () => Promise<T>): Promise<T> {
    return this.inside(() => super.undone(work));
  }

  /** After something that must not be undone with the next attempt. */
  protected stays(): void {
    this.#standing = false;
  }

  /** Inside a savepoint that is undone after it: those before it stand as they did. */
  protected async inside<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#standing;
    this.#standing = false;
    try {
      return await work();
    } finally {
      this.#standing = before;
    }
  }
}

/** A statement that was cut off says nothing of what the database allows. */
function saidByServer(error: unknown): ServerError {
  if (!(error instanceof pg.DatabaseError) || error.code === '57014') throw error;
  return serverError(error);
}
