/** Bytes or milliseconds of each unit that postgresql.conf knows. */
const factors: Readonly<Record<string, { readonly of: 'bytes' | 'ms'; readonly factor: number }>> = {
  B: { of: 'bytes', factor: 1 },
  kB: { of: 'bytes', factor: 1024 },
  '8kB': { of: 'bytes', factor: 8192 },
  MB: { of: 'bytes', factor: 1024 ** 2 },
  GB: { of: 'bytes', factor: 1024 ** 3 },
  TB: { of: 'bytes', factor: 1024 ** 4 },
  us: { of: 'ms', factor: 0.001 },
  ms: { of: 'ms', factor: 1 },
  s: { of: 'ms', factor: 1_000 },
  min: { of: 'ms', factor: 60_000 },
  h: { of: 'ms', factor: 3_600_000 },
  d: { of: 'ms', factor: 86_400_000 },
};

/**
 * A number as postgresql.conf may hold it, in bytes, milliseconds or as it is. A bare number is in the setting's own unit.
 * Undefined for what the server would not read: no number, a unit of another kind, a unit where there is none.
 */
export function amountOf(value: string | number, unit: string | null): number | undefined {
  const [, digits, given] =
    /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([A-Za-z]*)\s*$/i.exec(String(value)) ?? [];
  if (digits === undefined) return undefined;
  const own = unit === null ? undefined : factors[unit];
  if (given === '') return Number(digits) * (own?.factor ?? 1);
  const said = factors[given ?? ''];
  return own === undefined || said?.of !== own.of ? undefined : Number(digits) * said.factor;
}

/** An amount in words: `64GB` for bytes, `30s` for milliseconds. */
export function showAmount(amount: number, unit: string | null): string {
  const kind = unit === null ? undefined : factors[unit]?.of;
  if (kind === undefined) return String(amount);
  const [name, { factor }] = Object.entries(factors)
    .filter(([each, one]) => one.of === kind && each !== '8kB' && Math.abs(amount) >= one.factor)
    .at(-1) ?? [kind === 'bytes' ? 'B' : 'ms', { factor: 1 }];
  return `${Math.round((amount / factor) * 100) / 100}${name}`;
}
