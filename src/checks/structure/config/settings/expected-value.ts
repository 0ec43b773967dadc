import { z } from 'zod';
import { amountOf, showAmount } from './amount.ts';
import { asBoolean, type ServerSetting } from './server-setting.ts';

const amount = z.union([z.string(), z.number()]);

/** What a setting must be. */
export const ExpectedValue = z.union([
  amount,
  /** A share of the machine's memory; `tolerance` is a share of it too, default 0.02. */
  z.strictObject({
    share: z.number().positive(),
    of: z.literal('memory'),
    tolerance: z.number().nonnegative().optional(),
  }),
  z.strictObject({ atLeast: amount }),
  z.strictObject({ atMost: amount }),
]);
export type ExpectedValue = z.infer<typeof ExpectedValue>;

type Kind = Pick<ServerSetting, 'type' | 'unit'>;

/** Is a declared value the expected one? Amounts count, not how they are written. */
export function isExpected(
  value: string,
  is: ExpectedValue,
  kind: Kind,
  memory: number | undefined,
): boolean {
  if (typeof is !== 'object') return isSame(value, String(is), kind);
  const actual = amountOf(value, kind.unit);
  if (actual === undefined) return false;
  if ('atLeast' in is) return actual >= required(is.atLeast, kind);
  if ('atMost' in is) return actual <= required(is.atMost, kind);
  return Math.abs(actual / wholeOf(memory) - is.share) <= (is.tolerance ?? 0.02);
}

export function describeExpected(is: ExpectedValue, { unit }: Kind, memory: number | undefined): string {
  if (typeof is !== 'object') return String(is);
  if ('atLeast' in is) return `at least ${is.atLeast}`;
  if ('atMost' in is) return `at most ${is.atMost}`;
  const share = `${percent(is.share)} of the machine's memory`;
  return memory === undefined ? share : `${share}: ${showAmount(is.share * memory, unit)}`;
}

/** A declared value, with what it amounts to where its text does not say it. */
export function describeValue(
  value: string,
  is: ExpectedValue | undefined,
  { unit }: Kind,
  memory: number | undefined,
): string {
  const actual = amountOf(value, unit);
  if (unit === null || actual === undefined) return value;
  const text = /^[\s\d.+-]*$/.test(value) ? `${value} (in ${unit}: ${showAmount(actual, unit)})` : value;
  const share = typeof is === 'object' && 'share' in is && memory !== undefined;
  return share ? `${text}, ${percent(actual / memory)} of the machine's memory` : text;
}

function isSame(value: string, wanted: string, { type, unit }: Kind): boolean {
  switch (type) {
    case 'bool':
      return asBoolean(value) !== undefined && asBoolean(value) === asBoolean(wanted);
    case 'integer':
    case 'real':
      return amountOf(value, unit) !== undefined && amountOf(value, unit) === amountOf(wanted, unit);
    case 'enum':
      return value.trim().toLowerCase() === wanted.trim().toLowerCase();
    case 'string':
      return items(value) === items(wanted);
  }
}

/** Lists may have spaces after their commas. */
function items(value: string): string {
  return value.replace(/\s*,\s*/g, ',').trim();
}

function required(value: string | number, { unit }: Kind): number {
  const number = amountOf(value, unit);
  if (number === undefined) throw new Error(`${value} is no amount in ${unit ?? 'plain numbers'}`);
  return number;
}

function wholeOf(memory: number | undefined): number {
  if (memory === undefined)
    throw new Error('the design names no tier, so the machine has no memory to compare with');
  return memory;
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
