import type { ServerError } from '../../../../cluster/session.ts';
import type { TextResult } from '../../../../cluster/text-query.ts';
import { oneLine } from '../../../one-line.ts';
import type { Expect } from './step.ts';

/** How a statement ended. */
export type Ending =
  | ({ readonly status: 'done' } & TextResult)
  | { readonly status: 'error'; readonly error: ServerError };

type Rows = TextResult['rows'];

/** Longest list of rows in a message. */
const shown = 5;

/** Did it end as it should? `same` holds the rows of that expectation's query. */
export function meets(expect: Expect, ending: Ending, same: Rows = []): boolean {
  if (expect !== 'done' && 'error' in expect)
    return ending.status === 'error' && isError(expect, ending.error);
  if (ending.status === 'error') return false;
  if (expect === 'done') return true;
  if ('rows' in expect) return ending.count === expect.rows;
  if ('none' in expect) return ending.count === 0;
  if ('value' in expect) return ending.rows[0]?.[0] === expect.value;
  if ('values' in expect) return JSON.stringify(ending.rows) === JSON.stringify(expect.values);
  return surplus(ending.rows, same).length === 0 && surplus(same, ending.rows).length === 0;
}

export function describeExpect(expect: Expect): string {
  if (expect === 'done') return 'done';
  if ('rows' in expect) return count(expect.rows);
  if ('none' in expect) return count(0);
  if ('value' in expect) return show(expect.value);
  if ('values' in expect) return list(expect.values);
  if ('same' in expect) return `the rows of: ${oneLine(expect.same)}`;
  const { error, constraint, message } = expect;
  return [
    error.length === 2 ? `an error of class ${error}` : `error ${error}`,
    ...(constraint === undefined ? [] : [`by constraint ${constraint}`]),
    ...(message === undefined ? [] : [`saying: ${message}`]),
  ].join(' ');
}

/** In terms of what was expected, so that the two can be compared. */
export function describeEnding(ending: Ending, expect: Expect, same: Rows = []): string {
  if (ending.status === 'error') {
    const { sqlstate, constraint, message } = ending.error;
    return `${sqlstate}${constraint === undefined ? '' : ` by constraint ${constraint}`}: ${oneLine(message)}`;
  }
  if (expect === 'done' || 'error' in expect) return `done, ${count(ending.count)}`;
  if ('rows' in expect || 'none' in expect) return count(ending.count);
  if ('value' in expect) return ending.rows.length === 0 ? 'no row' : show(ending.rows[0]?.[0] ?? null);
  if ('values' in expect) return list(ending.rows);
  const extra = surplus(ending.rows, same);
  const missing = surplus(same, ending.rows);
  if (extra.length + missing.length === 0) return 'the same rows';
  return [
    ...(extra.length === 0 ? [] : [`${count(extra.length)} too many: ${list(extra)}`]),
    ...(missing.length === 0 ? [] : [`${count(missing.length)} missing: ${list(missing)}`]),
  ].join('; ');
}

function isError(expect: Extract<Expect, { error: string }>, error: ServerError): boolean {
  return (
    error.sqlstate.startsWith(expect.error) &&
    (expect.constraint === undefined || error.constraint === expect.constraint) &&
    (expect.message === undefined || error.message.includes(expect.message))
  );
}

/** Rows of one side that the other has not, as multisets. */
function surplus(rows: Rows, other: Rows): Rows {
  const left = new Map<string, number>();
  for (const row of other) left.set(JSON.stringify(row), (left.get(JSON.stringify(row)) ?? 0) + 1);
  return rows.filter((row) => {
    const key = JSON.stringify(row);
    const times = left.get(key) ?? 0;
    left.set(key, times - 1);
    return times <= 0;
  });
}

function count(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`;
}

function show(value: string | null): string {
  return value === null ? 'NULL' : value === '' ? "''" : value;
}

function list(rows: Rows): string {
  if (rows.length === 0) return 'no rows';
  const texts = rows.slice(0, shown).map((row) => `(${row.map(show).join(', ')})`);
  return `${texts.join(', ')}${rows.length > shown ? `, … ${rows.length} in all` : ''}`;
}
