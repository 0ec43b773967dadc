import { describe, expect, test } from 'vitest';
import { largestInput, readDocument } from '../../src/review/input.ts';
import { reviewText } from './support.ts';

async function* chunks(...parts: readonly (string | Uint8Array)[]) {
  yield* parts;
}

async function* endless() {
  for (;;) yield Buffer.alloc(1024 ** 2, 'a');
}

describe('input', () => {
  test.each([
    ['empty', chunks(), 'is empty'],
    ['blank', chunks(' \n\n'), 'is empty'],
    ['binary', chunks('SELECT', Uint8Array.of(1, 0, 2)), 'is binary'],
    ['without end', endless(), 'is larger than 50 MB'],
  ])('%s is refused in one line', async (_, parts, what) => {
    const error = await readDocument('x.md', parts).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: 'ConfigError' });
    expect(String(error)).toContain(`x.md: ${what}`);
    expect(String(error)).not.toContain('\n');
  });

  test('50 MB are read, whatever their line ends and mark', async () => {
    expect(largestInput).toBe(52_428_800);
    expect(await readDocument('x', chunks('\uFEFFa\r\nb\rc'))).toBe('a\nb\nc');
    // A character may be cut in two by the reader.
    const [first, second] = [Buffer.from('ä').subarray(0, 1), Buffer.from('ä').subarray(1)];
    expect(await readDocument('x', chunks(first, second))).toBe('ä');
  });

  test('a document without SQL, or without the heading asked for, is refused', async () => {
    await expect(reviewText('Just words.', { name: 'x.md' })).rejects.toThrow('x.md: holds no SQL');
    await expect(reviewText('SELECT 1;', { from: 'Nowhere' })).rejects.toThrow('has no heading "Nowhere"');
  });
});
