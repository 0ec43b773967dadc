import { type Book, flag, flagsOf, mostListed } from './book.ts';
import { tenantOf } from './lines.ts';
import type { LedgerComparison, LedgerLine, Misplaced } from './model.ts';

interface Listed {
  writer: number;
  number: number;
  tenant: number;
  sent?: number;
  acknowledged?: number;
}

class Heap {
  count = 0;
  readonly first: Listed[] = [];

  add(listed: Listed): void {
    this.count++;
    if (this.first.length < mostListed) this.first.push(listed);
  }
}

/** What comes of a ledger and a database, but for when: that takes another look at the ledger. */
export class Tally {
  readonly #book: Book;
  readonly #heaps = {
    lost: new Heap(),
    phantom: new Heap(),
    duplicate: new Heap(),
    reordered: new Heap(),
    torn: new Heap(),
  };
  readonly #found: number[];
  readonly #lost: number[];
  readonly #listed = new Map<string, Listed>();
  #earliest = Number.POSITIVE_INFINITY;

  constructor(book: Book) {
    this.#book = book;
    this.#found = Array<number>(book.tenants).fill(0);
    this.#lost = Array<number>(book.tenants).fill(0);
    book.findGaps();
    for (const [writer, { last }] of book.writers.entries()) {
      for (let number = 1; number <= last; number++) this.#look(writer, number);
    }
    for (const { writer, number, tenant, whole } of book.strangers) {
      this.#heaps.phantom.add({ writer, number, tenant });
      if (!whole) this.#heaps.torn.add({ writer, number, tenant });
    }
    this.#heaps.phantom.count += book.strangerCount - book.strangers.length;
  }

  /** Whether anything is to be said of when. */
  get timed(): boolean {
    return this.#listed.size > 0;
  }

  /** A line of the ledger, the second time. */
  line([state, id, number, microseconds]: LedgerLine): void {
    if (state !== 's' && state !== 'a') return;
    const writer = this.#book.writers[id];
    if (writer === undefined) return;
    const at = microseconds / 1000;
    if (state === 'a' && isLost(flagsOf(writer, number))) this.#earliest = Math.min(this.#earliest, at);
    const listed = this.#listed.get(key(id, number));
    if (listed === undefined) return;
    if (state === 's') listed.sent = at;
    else listed.acknowledged = at;
  }

  outcome(): Omit<LedgerComparison, 'invariants'> {
    const { lost, phantom, duplicate, reordered, torn } = this.#heaps;
    const shown = ({ count, first }: Heap) => ({ count, first: first as readonly Misplaced[] });
    return {
      counts: this.#book.counts,
      found: this.#found.reduce((sum, count) => sum + count, 0),
      lost: { ...shown(lost), ...(Number.isFinite(this.#earliest) ? { earliest: this.#earliest } : {}) },
      phantom: shown(phantom),
      duplicate: shown(duplicate),
      reordered: shown(reordered),
      torn: shown(torn),
      perTenant: this.#found.map((found, tenant) => ({ tenant, found, lost: this.#lost[tenant] ?? 0 })),
    };
  }

  #look(writer: number, number: number): void {
    const book = this.#book.writers[writer];
    const flags = book === undefined ? 0 : flagsOf(book, number);
    const tenant = tenantOf(writer, number, this.#book.tenants);
    const present = (flags & flag.present) !== 0;
    if (present) this.#found[tenant] = (this.#found[tenant] ?? 0) + 1;
    if (isLost(flags)) {
      this.#lost[tenant] = (this.#lost[tenant] ?? 0) + 1;
      this.#put(this.#heaps.lost, writer, number, tenant);
    }
    if (present && (flags & flag.never) !== 0) this.#put(this.#heaps.phantom, writer, number, tenant);
    if ((flags & flag.twice) !== 0) this.#put(this.#heaps.duplicate, writer, number, tenant);
    if ((flags & flag.misordered) !== 0) this.#put(this.#heaps.reordered, writer, number, tenant);
    if ((flags & flag.torn) !== 0) this.#put(this.#heaps.torn, writer, number, tenant);
  }

  #put(heap: Heap, writer: number, number: number, tenant: number): void {
    const name = key(writer, number);
    const listed = this.#listed.get(name) ?? { writer, number, tenant };
    // What is only counted is not looked up.
    if (heap.first.length < mostListed) this.#listed.set(name, listed);
    heap.add(listed);
  }
}

const isLost = (flags: number) => (flags & (flag.must | flag.present)) === flag.must;
const key = (writer: number, number: number) => `${writer}:${number}`;
