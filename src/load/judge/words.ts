/** `50,000`; small ones with a digit behind the point. */
export function count(value: number): string {
  const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? 2 : 0;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** Rounded down from below, so that what is not whole does not look it. */
export function percent(share: number): string {
  const value = 100 * share;
  return `${(Math.abs(value) < 1 || value > 99 ? Math.trunc(value * 1000) / 1000 : Math.trunc(value * 10) / 10).toString()} %`;
}

export function milliseconds(value: number): string {
  return `${value < 10 ? Number(value.toFixed(2)) : Number(value.toFixed(1))} ms`;
}

export function cores(value: number): string {
  return `${value.toFixed(2)} ${value.toFixed(2) === '1.00' ? 'core' : 'cores'}`;
}

export function rates({ read, write }: { readonly read: number; readonly write: number }): string {
  return `${count(read)} reads/s and ${count(write)} writes/s`;
}
