import { createReadStream } from 'node:fs';
import { ConfigError } from '../../design/config-error.ts';
import { parseHeader, parseLine } from './lines.ts';
import type { LedgerCounts, LedgerHeader, LedgerLine } from './model.ts';

/** What is told of a ledger, as it is read from its beginning. */
export interface LedgerReader {
  header?(header: LedgerHeader): void;
  line(line: LedgerLine): void;
}

/**
 * Reads a ledger of any size. A last line without its end was cut off when whoever wrote it was killed, and counts as never written.
 * Throws ConfigError, with the line, for what is no ledger.
 */
export async function readLedger(file: string, reader: LedgerReader): Promise<LedgerHeader> {
  let header: LedgerHeader | undefined;
  let number = 0;
  let rest = '';
  const fail = (why: string) =>
    new ConfigError(file, `line ${number}: ${why}`, 'give a file that a drill has written');
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 2 ** 18 })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      number++;
      if (header === undefined) {
        const found = parseHeader(text);
        if (typeof found === 'string') throw fail(found);
        header = found;
        reader.header?.(header);
        continue;
      }
      const line = parseLine(text);
      if (line === undefined) throw fail('no line of a ledger');
      reader.line(line);
    }
  }
  if (header === undefined) throw fail('no header');
  return header;
}

/** Points of a curve: milliseconds since the ledger began, and commits a second in the time up to then. */
export type LedgerCurve = readonly (readonly [at: number, perSecond: number])[];

export interface LedgerSummary {
  readonly header: LedgerHeader;
  readonly counts: LedgerCounts;
  /** Milliseconds since the ledger began. */
  readonly lastAcknowledged?: number;
  readonly acknowledged: LedgerCurve;
  /** Commits that failed or of which nothing was heard, when that was known. */
  readonly failed: LedgerCurve;
}

/** What a ledger says in all, with its rates over each `everyMs`. */
export async function summaryOf(file: string, everyMs = 100): Promise<LedgerSummary> {
  const counts = { s: 0, a: 0, f: 0, i: 0 };
  const buckets = { good: [] as number[], bad: [] as number[] };
  let last: number | undefined;
  const header = await readLedger(file, {
    line([state, , , at]) {
      counts[state]++;
      if (state === 's') return;
      if (state === 'a') last = Math.max(last ?? 0, at / 1000);
      const of = state === 'a' ? buckets.good : buckets.bad;
      const bucket = Math.floor(at / 1000 / everyMs);
      of[bucket] = (of[bucket] ?? 0) + 1;
    },
  });
  const length = Math.max(buckets.good.length, buckets.bad.length);
  const curve = (of: readonly number[]): LedgerCurve =>
    Array.from({ length }, (_, n) => [(n + 1) * everyMs, ((of[n] ?? 0) * 1000) / everyMs]);
  return {
    header,
    counts: {
      sent: counts.s,
      acknowledged: counts.a,
      failed: counts.f,
      indeterminate: counts.s - counts.a - counts.f,
    },
    ...(last === undefined ? {} : { lastAcknowledged: last }),
    acknowledged: curve(buckets.good),
    failed: curve(buckets.bad),
  };
}
