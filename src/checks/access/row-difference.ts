import type { Session } from '../../cluster/session.ts';
import { readableColumns } from './row-set.ts';
import { columnList, keyText, type Target } from './target.ts';

/** Rows that one of two sets has and the other has not. */
export interface Differing {
  readonly count: number;
  /** The first of them by key. */
  readonly first: string | undefined;
}

export interface RowDifference {
  readonly expected: number;
  readonly actual: number;
  readonly extra: Differing;
  readonly missing: Differing;
  /** Of both, with other content. */
  readonly changed: Differing;
}

interface Keyed {
  readonly key: string;
  readonly content: string;
}

/** So many rows are held of each side at a time. */
const batch = 5_000;

/**
 * A cursor over rows by key, with a hash of what can be read of each. It sees the rows as they are now, and reads with the
 * rights of whoever opens it.
 *
 * @param name an identifier, not quoted
 */
export async function openRows(
  session: Session,
  name: string,
  target: Target,
  alias: string,
  from: string,
): Promise<void> {
  const content = `md5(ROW(${columnList(readableColumns(target), alias)})::text)`;
  await session.query(
    `DECLARE ${name} NO SCROLL CURSOR FOR SELECT coalesce(${keyText(target, alias)}, '') COLLATE "C" AS key, ${content} AS content
     FROM ${from} ORDER BY 1, 2`,
  );
}

/** Compares the rows of two cursors without holding either set: both are in the order of their keys. Closes them. */
export async function compareOpened(
  session: Session,
  expected: string,
  actual: string,
): Promise<RowDifference> {
  const right = rowsOf(session, expected);
  const got = rowsOf(session, actual);
  const found = { extra: counter(), missing: counter(), changed: counter() };
  let rights = 0;
  let gots = 0;
  let a = await right.next();
  let b = await got.next();
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : compareKeys(a.value.key, b.value.key);
    if (order === 0 && a.done !== true && b.done !== true && a.value.content !== b.value.content) {
      found.changed.note(a.value.key);
    }
    if (order < 0 && a.done !== true) found.missing.note(a.value.key);
    if (order > 0 && b.done !== true) found.extra.note(b.value.key);
    if (order <= 0) {
      rights++;
      a = await right.next();
    }
    if (order >= 0) {
      gots++;
      b = await got.next();
    }
  }
  await session.query(`CLOSE ${expected}`);
  await session.query(`CLOSE ${actual}`);
  return {
    expected: rights,
    actual: gots,
    extra: found.extra.sum(),
    missing: found.missing.sum(),
    changed: found.changed.sum(),
  };
}

/** The first of them, and how many more there are. */
export function firstOf({ count, first = '' }: Differing): string {
  return count === 1 ? first : `${first} and ${count - 1} more`;
}

async function* rowsOf(session: Session, cursor: string): AsyncGenerator<Keyed, void, void> {
  for (;;) {
    const rows = await session.query(`FETCH ${batch} FROM ${cursor}`);
    for (const row of rows) yield { key: String(row.key), content: String(row.content) };
    if (rows.length < batch) return;
  }
}

/** As the server orders by bytes; texts of JavaScript compare by halves of characters. */
function compareKeys(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function counter() {
  let count = 0;
  let first: string | undefined;
  return {
    note(key: string): void {
      count++;
      first ??= key;
    },
    sum: (): Differing => ({ count, first }),
  };
}
