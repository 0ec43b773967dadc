import type { Quantity } from './quantity.ts';

const GB = 1024 ** 3;

/** The memory of the machine that a document names for its server, or undefined. */
export interface Tier {
  readonly name: string;
  readonly memory: Quantity;
}

/** Google: `db-custom-<cores>-<MB>`; AWS: an instance class; else what the text says of RAM. The first one counts. */
export function tierOf(text: string): Tier | undefined {
  const google = /\bdb-custom-\d+-(\d+)\b/.exec(text);
  if (google !== null) return tier(google[0], Number(google[1]) * 1024 ** 2);
  for (const found of text.matchAll(/\bdb\.([a-z])\d\w*\.(micro|small|medium|large|(\d*)xlarge)\b/g)) {
    const [name, family = '', size = '', factor = ''] = found;
    const cores = size === 'large' ? 2 : size.endsWith('xlarge') ? 4 * Number(factor || 1) : 0;
    // Memory for each core: general, memory-optimised and compute-optimised families.
    const perCore = { m: 4, r: 8, x: 16, c: 2, t: 4 }[family];
    if (cores > 0 && perCore !== undefined) return tier(name, cores * perCore * GB);
  }
  const said = /\b(\d+)\s*GB\s+(?:of\s+)?(?:RAM|memory)\b/i.exec(text);
  return said === null ? undefined : tier(said[0], Number(said[1]) * GB);
}

function tier(name: string, bytes: number): Tier {
  return { name, memory: { kind: 'memory', amount: bytes } };
}
