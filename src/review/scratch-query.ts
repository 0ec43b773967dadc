import type { Connection, Submittable } from 'pg';
import pg from 'pg';

/** What a server said of one statement. `position` counts characters from 1. */
export interface Refusal {
  readonly sqlstate: string;
  readonly message: string;
  readonly position?: number;
  readonly where?: string;
}

export type Answer = { readonly status: 'done' } | { readonly status: 'error'; readonly refusal: Refusal };

/** Rows of one answer; what is beyond is not asked for. */
const mostRows = 10_000;

/** The parts of pg's connection that a statement needs; its types leave them out. */
interface Wire {
  parse(query: { text: string; name: string; types: readonly number[] }, more?: boolean): void;
  bind(config: { values: readonly unknown[] }, more?: boolean): void;
  execute(config: { portal: string; rows: number }, more?: boolean): void;
  sync(): void;
  sendCopyFail(message: string): void;
}

/**
 * One statement in the extended protocol: a text can hold no second one, rows are dropped as they come, and no more of
 * them are asked for than tell whether the statement works.
 */
export class ScratchQuery implements Submittable {
  readonly answer: Promise<Answer>;
  readonly #text: string;
  #settle: (answer: Answer) => void = () => {};
  #refusal: Refusal | undefined;

  constructor(text: string) {
    this.#text = text;
    this.answer = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  submit(connection: Connection): void {
    const wire = connection as unknown as Wire;
    wire.parse({ text: this.#text, name: '', types: [] });
    wire.bind({ values: [] });
    wire.execute({ portal: '', rows: mostRows });
    wire.sync();
  }

  handleError(error: unknown, connection?: Connection): void {
    const server = error instanceof pg.DatabaseError ? error : undefined;
    this.#refusal ??= {
      sqlstate: server?.code ?? '08006',
      message: error instanceof Error ? error.message : String(error),
      ...(server?.position === undefined ? {} : { position: Number(server.position) }),
      ...(server?.where === undefined ? {} : { where: server.where }),
    };
    if (server === undefined || connection === undefined) this.#finish();
    else {
      // Only then is the state of the transaction known; the server that throws a client out says nothing more.
      const finish = () => {
        connection.off('readyForQuery', finish);
        connection.off('end', finish);
        this.#finish();
      };
      connection.on('readyForQuery', finish);
      connection.on('end', finish);
    }
  }

  handleReadyForQuery(): void {
    this.#finish();
  }

  handleCopyInResponse(connection: Connection): void {
    (connection as unknown as Wire).sendCopyFail('no rows');
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handleCopyData(): void {}

  #finish(): void {
    this.#settle(
      this.#refusal === undefined ? { status: 'done' } : { status: 'error', refusal: this.#refusal },
    );
  }
}
