import type { Rates } from '../../load/judge/index.ts';

export function sayRates({ read, write }: Rates): string {
  return `${round(read)} reads and ${round(write)} writes a second`;
}

/** Whole, with commas. */
export function round(rate: number): string {
  return Math.round(rate).toLocaleString('en');
}
