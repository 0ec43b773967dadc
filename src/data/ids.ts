import type { Ids } from '../design/data-plan.ts';
import { hex4, hex8 } from './hex.ts';
import { type Key, keyOf } from './key.ts';
import { type Block, philox } from './philox.ts';

/**
 * Ids that need no seed, so that actors and rules can name a row before there is any. RFC 9562 version 8: the layout
 * for bits of one's own making. They are spread like random ones, as indexes of production would meet them.
 */
export function createIds(): Ids {
  const keys = new Map<string, Key>();
  const words: Block = new Uint32Array(4);
  return {
    uuid(table, row) {
      let key = keys.get(table);
      if (key === undefined) {
        key = keyOf('id', table);
        keys.set(table, key);
      }
      philox(key[0], key[1], row, row / 2 ** 32, 0, 0, words);
      return layOut(words);
    },
  };
}

export const ids: Ids = createIds();

function layOut(words: Block): string {
  const [a = 0, b = 0, c = 0, d = 0] = words;
  const version = (b & 0xffff0fff) | 0x8000;
  const variant = (c & 0x3fffffff) | 0x80000000;
  return `${hex8(a)}-${hex4(version >>> 16)}-${hex4(version)}-${hex4(variant >>> 16)}-${hex4(variant)}${hex8(d)}`;
}
