import type net from 'node:net';
import { LedgerConnection, patienceMs } from './connection.ts';
import type { LedgerFile } from './file.ts';
import { ledgerLine, tenantOf } from './lines.ts';
import type { LedgerRoute } from './model.ts';

/** What the writers of a ledger share. */
export interface WriterFrame {
  readonly file: LedgerFile;
  readonly origin: number;
  readonly tenants: number;
  /** Between two commits of one writer at least so many milliseconds; 0 without a limit. */
  readonly everyMs: number;
  readonly route: () => LedgerRoute;
  readonly sent: () => void;
  readonly ended: (state: 'a' | 'f' | 'i', at: number) => void;
  readonly refused: () => void;
}

const backOff = { firstMs: 20, factor: 1.6, mostMs: 200 };

/** One of the writers: sends a commit, waits for what comes of it, sends the next. A number is never sent twice. */
export class Writer {
  readonly #id: number;
  readonly #frame: WriterFrame;
  #number = 0;
  #connection: LedgerConnection | undefined;
  /** Of a connection that is not open yet. */
  #socket: net.Socket | undefined;
  #stopped = false;
  #wake: (() => void) | undefined;
  #due: number;

  constructor(id: number, frame: WriterFrame, due: number) {
    this.#id = id;
    this.#frame = frame;
    this.#due = due;
  }

  /** Connects for the first time; rejects with what the server or the socket said. */
  async connect(): Promise<void> {
    this.#connection = await LedgerConnection.open(this.#frame.route()(), (socket) => {
      this.#socket = socket;
    });
    this.#socket = undefined;
    if (this.#stopped) await this.#connection.close();
  }

  /** Writes until it is stopped. Rejects when the ledger's file cannot be written. */
  async run(): Promise<void> {
    let wait = backOff.firstMs;
    while (!this.#stopped) {
      if (this.#connection?.alive !== true && !(await this.#reconnected())) {
        await this.#sleep(wait);
        wait = longer(wait);
        continue;
      }
      await this.#turn();
      // While it waited it may have been stopped, or lost its connection.
      if (this.#stopped || this.#connection?.alive !== true) continue;
      if ((await this.#commit(this.#connection)) === 'a') {
        wait = backOff.firstMs;
        continue;
      }
      this.#connection.drop('a commit failed');
      await this.#sleep(wait);
      wait = longer(wait);
    }
    await this.#connection?.close();
  }

  /** No more commits after the one under way. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  /** Cuts the connection off, open or not yet. */
  drop(why: string): void {
    this.#socket?.destroy();
    this.#connection?.drop(why);
  }

  /** Cuts the connection off when its answer is overdue. */
  watch(now: number): void {
    const sent = this.#connection?.sentAt;
    if (sent !== undefined && now - sent > patienceMs) {
      this.#connection?.drop(`no answer within ${patienceMs} ms`);
    }
  }

  async #commit(connection: LedgerConnection): Promise<'a' | 'f' | 'i'> {
    const { file, origin, tenants, sent, ended } = this.#frame;
    const [id, number] = [this.#id, ++this.#number];
    // What came of the one before goes in the same group: it was noted, and nobody has waited since.
    await file.append(ledgerLine('s', id, number, performance.now() - origin));
    sent();
    const outcome = await connection.post(
      `SELECT pgattest_ledger.post(${id},${number},${tenantOf(id, number, tenants)})`,
    );
    const at = performance.now();
    const why = outcome.state === 'a' ? undefined : outcome.why;
    file.note(ledgerLine(outcome.state, id, number, at - origin, why));
    ended(outcome.state, at);
    return outcome.state;
  }

  async #reconnected(): Promise<boolean> {
    try {
      await this.connect();
      return true;
    } catch {
      this.#frame.refused();
      return false;
    }
  }

  /** Waits for its turn. What was missed is not made up for: the rate is steady, not right on average. */
  async #turn(): Promise<void> {
    const { everyMs } = this.#frame;
    if (everyMs === 0) return;
    const now = performance.now();
    if (this.#due > now) await this.#sleep(this.#due - now);
    this.#due = Math.max(this.#due + everyMs, performance.now() - everyMs);
  }

  #sleep(milliseconds: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), milliseconds);
      this.#wake = () => {
        this.#wake = undefined;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const longer = (wait: number) => Math.min(wait * backOff.factor, backOff.mostMs);
