import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { benchRewrites } from '../../bench/rewrites.ts';
import { loadDesign } from '../../src/design/load.ts';

// The other designs: npx jiti bench/rewrites.ts
test('khs, written otherwise in every place where it can be, is as right as before', async () => {
  const { design } = await loadDesign('khs', fileURLToPath(new URL('../..', import.meta.url)));
  const { rewrites, refuted, unexercised } = await benchRewrites(design);
  expect(rewrites).toMatchObject({ reorder: expect.any(Number), rename: expect.any(Number) });
  for (const way of ['reorder', 'split', 'add an index', 'rename']) expect(rewrites[way]).toBeGreaterThan(0);
  expect(refuted).toEqual([]);
  expect(unexercised).toEqual([]);
}, 600_000);
