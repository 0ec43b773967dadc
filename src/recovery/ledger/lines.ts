import { type LedgerHeader, type LedgerLine, ledgerSchema } from './model.ts';

/** The tenant of a commit: a writer takes them in turn. */
export function tenantOf(writer: number, number: number, tenants: number): number {
  return (writer + number) % tenants;
}

export const headerLine = (header: LedgerHeader) => `${JSON.stringify(header)}\n`;

/** One line; `at` in milliseconds since the beginning, kept in microseconds. */
export function ledgerLine(
  state: LedgerLine[0],
  writer: number,
  number: number,
  at: number,
  why?: string,
): string {
  // Thousands a second: put together by hand, and only words of the server need to be escaped.
  const start = `["${state}",${writer},${number},${Math.round(at * 1000)}`;
  return why === undefined ? `${start}]\n` : `${start},${JSON.stringify(why)}]\n`;
}

/** The header, or why it is none. */
export function parseHeader(text: string): LedgerHeader | string {
  const found = json(text);
  if (typeof found !== 'object' || found === null) return 'no header';
  const { schema, startedAt, writers, tenants } = found as Partial<Record<keyof LedgerHeader, unknown>>;
  if (schema !== ledgerSchema) return `no header of ${ledgerSchema}`;
  const whole = [writers, tenants].every((count) => Number.isSafeInteger(count) && Number(count) > 0);
  if (!whole || typeof startedAt !== 'string') return 'a header without writers, tenants or a beginning';
  return { schema: ledgerSchema, startedAt, writers: Number(writers), tenants: Number(tenants) };
}

/** A line, or undefined where it is none. */
export function parseLine(text: string): LedgerLine | undefined {
  const found = json(text);
  if (!Array.isArray(found)) return undefined;
  const [state, ...numbers] = found.slice(0, 4) as unknown[];
  if (numbers.length !== 3 || !numbers.every(isCount)) return undefined;
  const plain = (state === 's' || state === 'a') && found.length === 4;
  const said = (state === 'f' || state === 'i') && found.length === 5 && typeof found[4] === 'string';
  return plain || said ? (found as unknown as LedgerLine) : undefined;
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
