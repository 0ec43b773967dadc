/** Settings that are amounts of memory or disk, with the unit in which PostgreSQL reads a bare number. */
export const baseUnits: Readonly<Record<string, 'B' | 'kB' | '8kB' | 'MB'>> = {
  shared_buffers: '8kB',
  effective_cache_size: '8kB',
  wal_buffers: '8kB',
  temp_buffers: '8kB',
  work_mem: 'kB',
  maintenance_work_mem: 'kB',
  autovacuum_work_mem: 'kB',
  logical_decoding_work_mem: 'kB',
  max_wal_size: 'MB',
  min_wal_size: 'MB',
  wal_keep_size: 'MB',
  max_slot_wal_keep_size: 'MB',
};

const factors: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  '8kB': 8192,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
};

/**
 * Bytes of a value as postgresql.conf may hold it (`8GB`, `1048576` in the base unit of the setting). Null for values
 * that are no amount (`-1` means "automatic" or "no limit") or that PostgreSQL would not take either.
 */
export function toBytes(name: string, value: string): number | null {
  const [, digits, unit = baseUnits[name]] = /^(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB)?$/.exec(value.trim()) ?? [];
  const factor = unit === undefined ? undefined : factors[unit];
  return digits === undefined || factor === undefined ? null : Number(digits) * factor;
}

/** The largest whole unit that says it exactly, no finer than kB. */
export function fromBytes(bytes: number): string {
  const kilobytes = Math.floor(bytes / 1024);
  if (kilobytes % 1024 ** 2 === 0) return `${kilobytes / 1024 ** 2}GB`;
  return kilobytes % 1024 === 0 ? `${kilobytes / 1024}MB` : `${kilobytes}kB`;
}
