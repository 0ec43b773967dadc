import { tenantOf } from './lines.ts';
import type { LedgerCounts, LedgerHeader, LedgerLine } from './model.ts';

/** What must be in the database and what must not; milliseconds since the ledger began. See Cut of the drills. */
export interface LedgerCut {
  readonly acknowledgedBy: number;
  readonly sentAfter: number;
  /** From then on the database that was restored is the one that answers: what it acknowledges is there. */
  readonly resumedAt?: number;
}

/** A time in which the database may have lost its last commits and gone on without them; milliseconds since the ledger began. */
export interface LedgerBreak {
  readonly from: number;
  readonly to: number;
}

export interface BookOptions {
  readonly cut?: LedgerCut;
  readonly breaks?: readonly LedgerBreak[];
}

/** An entry of the database. */
export interface FoundEntry {
  readonly writer: number;
  readonly number: number;
  readonly tenant: number;
  /** The other rows of its transaction are there, and they say the same. */
  readonly whole: boolean;
}

export const flag = {
  sent: 1,
  acknowledged: 2,
  /** Has to be there. */
  must: 4,
  /** Must not be there. */
  never: 8,
  present: 16,
  twice: 32,
  torn: 64,
  misordered: 128,
} as const;

/** One writer's commits, a byte each: the index is the number. */
export interface WriterBook {
  flags: Uint8Array;
  /** The last number that was sent. */
  last: number;
  /** The highest number that was seen in the database so far. */
  top: number;
  /** By break: the last number acknowledged by its end, and the first sent after its beginning. */
  readonly before: number[];
  readonly after: number[];
}

/** What a ledger says and what a database holds, in one byte for each commit. First the lines, then the entries, in the order of ids. */
export class Book {
  readonly writers: WriterBook[] = [];
  readonly tenants: number;
  /** Entries that nobody sent. */
  readonly strangers: FoundEntry[] = [];
  strangerCount = 0;
  /** Entries that name another tenant than the ledger. */
  moved = 0;
  readonly #cut: LedgerCut | undefined;
  readonly #breaks: readonly LedgerBreak[];
  readonly #counts = { s: 0, a: 0, f: 0, i: 0 };

  constructor(header: LedgerHeader, options: BookOptions = {}) {
    this.tenants = header.tenants;
    const { cut, breaks = [] } = options;
    this.#cut = cut;
    // What was given up is missing before what came after.
    this.#breaks =
      cut?.resumedAt === undefined ? breaks : [...breaks, { from: cut.acknowledgedBy, to: cut.resumedAt }];
    for (let writer = 0; writer < header.writers; writer++) {
      this.writers.push({ flags: new Uint8Array(256), last: 0, top: 0, before: [], after: [] });
    }
  }

  get counts(): LedgerCounts {
    const { s, a, f } = this.#counts;
    return { sent: s, acknowledged: a, failed: f, indeterminate: s - a - f };
  }

  /** A line of the ledger, in the order of the file. */
  line([state, id, number, microseconds]: LedgerLine): void {
    const cut = this.#cut;
    const writer = this.writers[id];
    if (writer === undefined) return;
    this.#counts[state]++;
    const at = microseconds / 1000;
    const resumed = cut?.resumedAt !== undefined && at >= cut.resumedAt;
    // Sent to the one and answered by the other: a pooler kept it meanwhile.
    if (resumed && (state === 'a' || state === 'i')) remove(writer, number, flag.never);
    if (state === 's') {
      writer.last = Math.max(writer.last, number);
      const late = cut !== undefined && at > cut.sentAfter && !resumed;
      add(writer, number, flag.sent | (late ? flag.never : 0));
      for (const [n, { from }] of this.#breaks.entries()) {
        if (at >= from) writer.after[n] ??= number;
      }
    } else if (state === 'f') {
      add(writer, number, flag.never);
    } else if (state === 'a') {
      const due = cut === undefined || at <= cut.acknowledgedBy || resumed;
      add(writer, number, flag.acknowledged | (due ? flag.must : 0));
      for (const [n, { to }] of this.#breaks.entries()) {
        if (at <= to) writer.before[n] = number;
      }
    }
  }

  /** An entry of the database, in the order of ids. */
  entry(found: FoundEntry): void {
    const { number, whole, tenant } = found;
    const writer = this.writers[found.writer];
    const flags = writer === undefined ? 0 : flagsOf(writer, number);
    if (writer === undefined || (flags & flag.sent) === 0) {
      this.strangerCount++;
      if (this.strangers.length < mostListed) this.strangers.push(found);
      return;
    }
    if ((flags & flag.present) !== 0) add(writer, number, flag.twice);
    // One that was never answered may come late, beside a later one of another connection.
    else if (number < writer.top && (flags & flag.acknowledged) !== 0) add(writer, number, flag.misordered);
    add(writer, number, flag.present | (whole ? 0 : flag.torn));
    writer.top = Math.max(writer.top, number);
    if (tenant !== tenantOf(found.writer, number, this.tenants)) this.moved++;
  }

  /** A record of an entry that is not there. */
  remnant(writerId: number, number: number): void {
    const writer = this.writers[writerId];
    if (writer !== undefined && (flagsOf(writer, number) & flag.sent) !== 0) add(writer, number, flag.torn);
  }

  /** Once all is in: marks what is missing though a later commit of the same writer is there, and no break lies between. */
  findGaps(): void {
    for (const writer of this.writers) {
      let next: number | undefined;
      for (let number = writer.last; number > 0; number--) {
        const flags = flagsOf(writer, number);
        if ((flags & flag.present) !== 0) next = number;
        else if (
          (flags & flag.acknowledged) !== 0 &&
          next !== undefined &&
          !this.#excused(writer, number, next)
        ) {
          add(writer, number, flag.misordered);
        }
      }
    }
  }

  #excused(writer: WriterBook, missing: number, next: number): boolean {
    return this.#breaks.some(
      (_, n) => missing <= (writer.before[n] ?? 0) && next >= (writer.after[n] ?? Number.POSITIVE_INFINITY),
    );
  }
}

/** How many of each kind are listed. */
export const mostListed = 100;

export function flagsOf(writer: WriterBook, number: number): number {
  return writer.flags[number] ?? 0;
}

function remove(writer: WriterBook, number: number, flags: number): void {
  writer.flags[number] = flagsOf(writer, number) & ~flags;
}

function add(writer: WriterBook, number: number, flags: number): void {
  if (number >= writer.flags.length) {
    const wider = new Uint8Array(Math.max(writer.flags.length * 2, number + 1));
    wider.set(writer.flags);
    writer.flags = wider;
  }
  writer.flags[number] = (writer.flags[number] ?? 0) | flags;
}
