import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Made, type Maker, makerHere } from '../../../src/data/scale/maker.ts';
import { makersInThreads } from '../../../src/data/scale/maker-pool.ts';
import { openRanges, type Range, rowsOf } from '../../../src/data/scale/ranges.ts';
import { builtInDesigns, loadDesign } from '../../../src/design/load.ts';

const origin = { seed: 3, scale: 2, now: new Date('2026-03-15T12:00:00.123Z') };
const file = builtInDesigns().find(({ name }) => name === 'saas-gcp')?.file ?? '';
const { design } = await loadDesign(file, '.');
const plan = design.data;
const counts = rowsOf(plan, origin.scale);
const ranges = openRanges(plan, counts, 700, []);

/** The streams of all ranges, each made by whoever is free, put together in the order of the ranges. */
async function streamsOf(makers: readonly Maker[]): Promise<readonly Buffer[]> {
  const streams: Buffer[] = [];
  let next = 0;
  await Promise.all(
    makers.map(async (maker) => {
      for (let at = next++; at < ranges.length; at = next++) {
        streams[at] = await bytesOf(maker.make(ranges[at] as Range));
      }
    }),
  );
  return streams;
}

async function bytesOf(made: AsyncIterable<Made> | Iterable<Made>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const { bytes } of made) parts.push(bytes);
  return Buffer.concat(parts);
}

/** The sum of the hashes of all lines: the same whatever order they come in. */
function sumOfLines(streams: readonly Buffer[]): bigint {
  const lines = Buffer.concat(streams).toString().trimEnd().split('\n');
  return lines.reduce((sum, line) => {
    return BigInt.asUintN(64, sum + createHash('sha256').update(line).digest().readBigUInt64LE());
  }, 0n);
}

test('one, two and five threads make the same bytes as none', async () => {
  const whole = await streamsOf([await makerHere(plan, origin)]);
  expect(whole.length).toBeGreaterThan(20);
  const expected = createHash('sha256').update(Buffer.concat(whole)).digest('hex');
  for (const count of [1, 2, 5]) {
    const makers = await makersInThreads(file, origin, count);
    try {
      const streams = await streamsOf(makers);
      expect(createHash('sha256').update(Buffer.concat(streams)).digest('hex'), `${count}`).toBe(expected);
      expect(sumOfLines(streams)).toBe(sumOfLines(whole));
    } finally {
      await Promise.all(makers.map((maker) => maker.close()));
    }
  }
});

test('a range in the middle can be made without those before it, in any cut', async () => {
  const maker = await makerHere(plan, origin);
  const table = plan.tables.findIndex((each) => each.table === 'app.tasks');
  const whole = await bytesOf(maker.make({ table, from: 500, to: 1500 }));
  const parts = [
    await bytesOf(maker.make({ table, from: 1234, to: 1500 })),
    await bytesOf(maker.make({ table, from: 500, to: 1234 })),
  ].reverse();
  expect(Buffer.concat(parts).equals(whole)).toBe(true);
});

test('a design that cannot be loaded is said, and no thread stays', async () => {
  await expect(makersInThreads('/nowhere/design.ts', origin, 2)).rejects.toThrow('no such file');
});

test('a thread that is left half-way is of no more use, and ends', async () => {
  const [maker] = await makersInThreads(file, origin, 1);
  const table = plan.tables.findIndex((each) => each.table === 'app.tasks');
  for await (const { rows } of maker?.make({ table, from: 0, to: 2000 }) ?? []) {
    expect(rows).toBeGreaterThan(0);
    break;
  }
  await expect(bytesOf(maker?.make({ table, from: 0, to: 1 }) ?? [])).rejects.toThrow('was ended');
});
