import { readSegment, segmentBytes } from './backup/wal.ts';

/** Where a server's WAL stood at a moment. */
export interface Position {
  /** Milliseconds of the steady clock, before the server was asked: what was acknowledged by then lies before `lsn`. */
  readonly at: number;
  /** Bytes from the beginning of all WAL. */
  readonly lsn: bigint;
  /** One past the last transaction that had ended: any commit makes it grow. */
  readonly nextTransaction: string;
  /** Transactions that had begun before and had not ended. */
  readonly running: number;
}

/** The header of a segment: after a switch the WAL stands behind it, with nothing written. */
const headerBytes = 40n;

/**
 * RPO exposure: for how long back commits would be lost if everything but the archive were. At a moment that is now − the last moment
 * of which everything acknowledged is in the archive; 0 where nothing was committed since. Moments are those at which the server was
 * asked, so that it is never too small. Segments count whatever their time line, and in one row: what comes after a gap is of no use.
 */
export class Exposure {
  readonly #began: number;
  /** Of which it is not known yet. */
  readonly #open: Position[] = [];
  /** One that the archive has: what stands there with no commit since is as good. */
  #archived: Position | undefined;
  #safe: number | undefined;
  /** The first segment that the archive lacks, counted from the beginning of all WAL. */
  #next: bigint | undefined;

  /** @param began a moment of the steady clock; of what was acknowledged before nothing is asked */
  constructor(began: number) {
    this.#began = began;
  }

  /** The last moment of which all is in the archive. */
  get safe(): number {
    return this.#safe ?? this.#began;
  }

  /**
   * Takes in what the archive holds and, looked at after that, where the WAL stands. Gives the exposure at that moment, in milliseconds,
   * and the most that it was since the one before.
   */
  look(names: Iterable<string>, position: Position): { readonly now: number; readonly most: number } {
    const most = position.at - this.safe;
    this.#next ??= position.lsn / BigInt(segmentBytes);
    const there = new Set<bigint>();
    for (const name of names) {
      const segment = readSegment(name);
      if (segment !== undefined) there.add(BigInt(segment.number));
    }
    while (there.has(this.#next)) this.#next++;
    const end = this.#next * BigInt(segmentBytes) + headerBytes;
    this.#open.push(position);
    for (let first = this.#open[0]; first !== undefined; first = this.#open[0]) {
      const quiet = nothingSince(this.#archived, first);
      if (first.lsn > end && !quiet) break;
      if (!quiet) this.#archived = first;
      this.#safe = first.at;
      this.#open.shift();
    }
    return { now: position.at - this.safe, most };
  }
}

/** Any commit since would have been under way then, or have begun later. */
function nothingSince(archived: Position | undefined, later: Position): boolean {
  return archived?.running === 0 && archived.nextTransaction === later.nextTransaction;
}
