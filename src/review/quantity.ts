/** An amount of memory in bytes, or of time in milliseconds. */
export interface Quantity {
  readonly kind: 'memory' | 'time';
  readonly amount: number;
}

const units: Readonly<Record<string, Quantity>> = {
  b: { kind: 'memory', amount: 1 },
  kb: { kind: 'memory', amount: 1024 },
  '8kb': { kind: 'memory', amount: 8192 },
  mb: { kind: 'memory', amount: 1024 ** 2 },
  gb: { kind: 'memory', amount: 1024 ** 3 },
  tb: { kind: 'memory', amount: 1024 ** 4 },
  us: { kind: 'time', amount: 0.001 },
  ms: { kind: 'time', amount: 1 },
  s: { kind: 'time', amount: 1000 },
  min: { kind: 'time', amount: 60_000 },
  h: { kind: 'time', amount: 3_600_000 },
  d: { kind: 'time', amount: 86_400_000 },
};

/** Words of people for the units of servers. */
const words: Readonly<Record<string, string>> = {
  milliseconds: 'ms',
  millisecond: 'ms',
  seconds: 's',
  second: 's',
  sec: 's',
  minutes: 'min',
  minute: 'min',
  hours: 'h',
  hour: 'h',
  days: 'd',
  day: 'd',
};

/** A unit of pg_settings (`8kB`, `min`), or undefined where a setting has none or an odd one. */
export function unitOf(unit: string | null): Quantity | undefined {
  return unit === null ? undefined : units[unit.toLowerCase()];
}

/** What a value of a setting comes to: `16MB`, or a bare number in the setting's own unit. Undefined for no amount. */
export function quantityOf(value: string, unit: string | null): Quantity | undefined {
  const [, digits, suffix] =
    /^(-?\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB|us|ms|s|min|h|d)?$/.exec(value.trim()) ?? [];
  const of = suffix === undefined ? unitOf(unit) : units[suffix.toLowerCase()];
  return digits === undefined || of === undefined
    ? undefined
    : { kind: of.kind, amount: Number(digits) * of.amount };
}

/**
 * The first amount in a comment: `16MB in 8KB blocks` says 16 MB. What a share is taken of is not meant: `25% of 32GB RAM`.
 */
export function quantityInWords(comment: string): Quantity | undefined {
  const found =
    /(?<!\bof\s*|[\d.])(\d+(?:\.\d+)?)\s*(TB|GB|MB|KB|milliseconds?|ms|seconds?|sec|minutes?|min|hours?|days?)\b(?!\s*(?:of\s+)?(?:RAM|memory)\b)/i.exec(
      comment,
    );
  const word = found?.[2]?.toLowerCase() ?? '';
  const of = units[words[word] ?? word];
  return found === null || of === undefined
    ? undefined
    : { kind: of.kind, amount: Number(found[1]) * of.amount };
}

/** For people: `64 GB`, `15 min`. */
export function inWords({ kind, amount }: Quantity): string {
  const scale =
    kind === 'memory'
      ? ([
          [1024 ** 4, 'TB'],
          [1024 ** 3, 'GB'],
          [1024 ** 2, 'MB'],
          [1024, 'kB'],
          [1, 'B'],
        ] as const)
      : ([
          [86_400_000, 'd'],
          [3_600_000, 'h'],
          [60_000, 'min'],
          [1000, 's'],
          [1, 'ms'],
        ] as const);
  const [size, name] = scale.find(([each]) => amount >= each) ?? [1, kind === 'memory' ? 'B' : 'ms'];
  return `${Math.round((amount / size) * 10) / 10} ${name}`;
}
