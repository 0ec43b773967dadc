import type { LedgerBreak, LedgerCut } from '../../../src/recovery/ledger/book.ts';

/** A commit of a made-up history. Times in milliseconds. */
export interface Made {
  readonly writer: number;
  readonly number: number;
  readonly tenant: number;
  readonly sent: number;
  readonly state: 'a' | 'f' | 'i' | 'none';
  /** When it was known. */
  readonly at: number;
}

/** An entry of a made-up database. */
export interface Row {
  readonly id: number;
  readonly writer: number;
  readonly number: number;
  readonly tenant: number;
  readonly whole: boolean;
}

export interface Judged {
  readonly found: number;
  readonly lost: readonly string[];
  readonly phantom: readonly string[];
  readonly duplicate: readonly string[];
  readonly reordered: readonly string[];
  readonly torn: readonly string[];
  readonly earliest: number | undefined;
}

const name = ({ writer, number }: { writer: number; number: number }) => `${writer}:${number}`;

/** The comparison as the definitions have it, each commit against all rows. */
export function judge(
  made: readonly Made[],
  rows: readonly Row[],
  cut: LedgerCut | undefined,
  breaks: readonly LedgerBreak[],
): Judged {
  const of = (commit: Made) => rows.filter((row) => name(row) === name(commit));
  const first = (commit: Made) => Math.min(...of(commit).map((row) => row.id));
  const isThere = (commit: Made) => of(commit).length > 0;
  const { acknowledgedBy = Number.POSITIVE_INFINITY, sentAfter = Number.POSITIVE_INFINITY } = cut ?? {};
  const resumedAt = cut?.resumedAt ?? Number.POSITIVE_INFINITY;
  const lost = made.filter(
    (each) => each.state === 'a' && !isThere(each) && (each.at <= acknowledgedBy || each.at >= resumedAt),
  );
  const wrong = made.filter((each) => {
    if (!isThere(each) || each.state === 'f') return isThere(each);
    const answered = each.state !== 'none' && each.at >= resumedAt;
    return each.sent > sentAfter && each.sent < resumedAt && !answered;
  });
  const allBreaks =
    cut?.resumedAt === undefined ? breaks : [...breaks, { from: cut.acknowledgedBy, to: cut.resumedAt }];
  const strangers = rows.filter((row) => !made.some((commit) => name(commit) === name(row)));
  const reordered = made.filter((each) => {
    if (each.state !== 'a') return false;
    const later = made.filter(
      (other) => other.writer === each.writer && other.number > each.number && isThere(other),
    );
    if (isThere(each)) return later.some((other) => first(other) < first(each));
    return later.some((other) => !allBreaks.some(({ from, to }) => each.at <= to && other.sent >= from));
  });
  return {
    found: made.filter(isThere).length,
    lost: lost.map(name),
    phantom: [...wrong, ...strangers].map(name),
    duplicate: made.filter((each) => of(each).length > 1).map(name),
    reordered: reordered.map(name),
    torn: [
      ...made.filter((each) => of(each).some((row) => !row.whole)),
      ...strangers.filter((row) => !row.whole),
    ].map(name),
    earliest: lost.length === 0 ? undefined : Math.min(...lost.map((each) => each.at)),
  };
}
