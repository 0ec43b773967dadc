import { join } from 'node:path';
import { canonical, sha256 } from './canonical.ts';
import { evidenceFile } from './files.ts';
import { type Line, linesOf } from './lines.ts';
import { StoredRecord } from './model.ts';
import { parseBytes } from './parse.ts';

export interface ChainProblem {
  readonly severity: 'broken' | 'incomplete';
  readonly line?: number;
  readonly says: string;
}

export interface Chain {
  readonly problems: readonly ChainProblem[];
  /** The records that could be read. */
  readonly records: readonly StoredRecord[];
  /** Lines with a newline at the end. */
  readonly lines: number;
  /** Every whole line is a record. */
  readonly readable: boolean;
}

/** Walks `evidence.jsonl` and follows the hashes from the plan to the last record. */
export async function verifyChain(
  folder: string,
  present: boolean,
  plan: { readonly digest: string } | undefined,
): Promise<Chain> {
  if (!present) {
    const says = 'The evidence is missing.';
    return { problems: [{ severity: 'broken', says }], records: [], lines: 0, readable: true };
  }
  const walk = new Walk(plan?.digest);
  for await (const line of linesOf(join(folder, evidenceFile))) walk.step(line);
  return walk;
}

class Walk implements Chain {
  readonly problems: ChainProblem[] = [];
  readonly records: StoredRecord[] = [];
  lines = 0;
  readable = true;
  /** Hash that the next record must carry as `prev`; undefined when it cannot be known. */
  #prev: string | undefined;
  #seq = 0;
  #ended = false;

  constructor(plan: string | undefined) {
    this.#prev = plan;
  }

  step(line: Line): void {
    if (!line.ended) {
      this.problems.push({ severity: 'incomplete', line: line.number, says: 'The last line is cut off.' });
      return;
    }
    this.lines++;
    const parsed = parseBytes(line.bytes, StoredRecord);
    if (parsed.status === 'bad') {
      this.#broken(line, `The line is not a record: ${parsed.says}.`);
      this.readable = false;
      this.#prev = undefined;
      this.#seq++;
      return;
    }
    const record = parsed.value;
    this.#verifyContent(line, record);
    this.#verifyPlace(line, record);
    if (this.#ended) this.#broken(line, 'A record follows the end record.');
    this.records.push(record);
    this.#prev = record.hash;
    this.#seq = record.seq + 1;
    this.#ended = record.entry.type === 'end';
  }

  #verifyContent(line: Line, record: StoredRecord): void {
    const { hash, ...content } = record;
    if (sha256(canonical(content)) !== hash) {
      this.#broken(line, 'The record was changed: its content does not give its hash.');
    } else if (!line.bytes.equals(Buffer.from(canonical(record)))) {
      this.#broken(line, 'The line was changed: these are not the bytes that a run writes.');
    }
  }

  #verifyPlace(line: Line, record: StoredRecord): void {
    if (record.seq > this.#seq) {
      const gone = record.seq - this.#seq;
      this.#broken(
        line,
        `Before record ${record.seq} ${gone === 1 ? 'a record is' : `${gone} records are`} missing.`,
      );
    } else if (record.seq < this.#seq) {
      this.#broken(line, `Record ${record.seq} is out of its order, or there twice.`);
    } else if (this.#prev !== undefined && record.prev !== this.#prev) {
      const says =
        this.#seq === 0
          ? 'The first record was written after another plan: one of the two was changed.'
          : 'The record does not follow the one before it: one of the two was changed.';
      this.#broken(line, says);
    }
  }

  #broken(line: Line, says: string): void {
    this.problems.push({ severity: 'broken', line: line.number, says });
  }
}
