import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyField } from '../../../src/data/copy-text.ts';
import { openPools } from '../../../src/data/pools.ts';
import { chunks } from '../../../src/data/rows.ts';
import { drawOf } from '../../../src/load/workload/draw.ts';
import { notes } from './small-design.ts';

const now = new Date('2026-01-01T00:00:00Z');
const pools = await openPools(1);
const world = { seed: 1, scale: 5, now, pools };

const drawn = (seed: number, kind: string, number: number) => {
  const draw = drawOf({ ...world, seed }, kind, number);
  return [draw.random(), draw.random(1), draw.integer(0, 1e9), draw.integer(0, 1e9, 1), draw.pick([1, 2, 3])];
};

test('a draw is a pure function of seed, kind and number, whatever was drawn before', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.string(), fc.nat(1e6), fc.nat(1e6), (seed, kind, number, other) => {
      const first = drawn(seed, kind, number);
      drawn(seed, kind, other);
      expect(drawn(seed, kind, number)).toEqual(first);
    }),
  );
});

test('seeds, kinds, numbers and salts are independent', () => {
  const all = [drawn(1, 'a', 0), drawn(2, 'a', 0), drawn(1, 'b', 0), drawn(1, 'a', 1)];
  const values = all.flatMap((each) => each.slice(0, 2));
  expect(new Set(values).size).toBe(values.length);
});

test('integers keep to their bounds and reach both', () => {
  const seen = new Set(Array.from({ length: 200 }, (_, n) => drawOf(world, 'a', n).integer(-1, 2)));
  expect([...seen].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
});

test('a row is the one that the fill writes, of every column', () => {
  const draw = drawOf(world, 'a', 0);
  const rows = draw.count(notes);
  expect(rows).toBe(13);
  const written = [...chunks(world, notes, 0, rows)].flatMap(({ text }) => text.trimEnd().split('\n'));
  expect(written).toHaveLength(rows);
  for (const [row, text] of written.entries()) {
    expect(Object.values(draw.row(notes, row)).map(copyField).join('\t')).toBe(text);
  }
  expect(draw.row(notes, 3).id).toBe(draw.uuid('app.notes', 3));
});

test('a column gives the same value each time it is asked for', () => {
  const row = drawOf(world, 'a', 0).row(notes, 2);
  expect(row.more).toEqual(row.more);
  expect({ ...row }).toEqual({ ...row });
});

test.each([-1, 13, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('there is no row %d', (row) => {
  expect(() => drawOf(world, 'a', 0).row(notes, row)).toThrow(`app.notes has no row ${row}: it has 13`);
});

test('what it knows of the fill is that of the world', () => {
  expect(drawOf(world, 'a', 7)).toMatchObject({ number: 7, scale: 5, now });
});
