import { describe, expect, test } from 'vitest';
import { ColumnCell, type World } from '../../src/data/cell.ts';
import { ids } from '../../src/data/ids.ts';
import { philox } from '../../src/data/philox.ts';
import { openPools, poolSize } from '../../src/data/pools.ts';
import { chunks } from '../../src/data/rows.ts';
import type { TableData } from '../../src/design/data-plan.ts';

const now = new Date('2026-03-15T12:00:00Z');

async function world(seed = 1): Promise<World> {
  return { seed, scale: 1, now, pools: await openPools(seed) };
}

function draw(cell: ColumnCell, rows: number, of: (cell: ColumnCell) => number): number[] {
  return Array.from({ length: rows }, (_, row) => {
    cell.row = row;
    return of(cell);
  });
}

/** Pearson's correlation of two samples. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const sum = (of: (i: number) => number): number => a.reduce((total, _, i) => total + of(i), 0);
  const dA = (i: number): number => (a[i] ?? 0) - meanA;
  const dB = (i: number): number => (b[i] ?? 0) - meanB;
  return sum((i) => dA(i) * dB(i)) / Math.sqrt(sum((i) => dA(i) ** 2) * sum((i) => dB(i) ** 2));
}

/** Chi-square of a sample in [0, 1) over equal buckets; its expectation is buckets - 1. */
function chiSquare(values: readonly number[], buckets: number): number {
  const counts = new Array<number>(buckets).fill(0);
  for (const value of values) {
    const bucket = Math.floor(value * buckets);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const expected = values.length / buckets;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('philox', () => {
  // The known answers that the authors publish with Random123 (kat_vectors, philox4x32 10).
  test.each([
    [[0, 0], [0, 0, 0, 0], '6627e8d5e169c58dbc57ac4c9b00dbd8'],
    [[-1, -1], [-1, -1, -1, -1], '408f276d41c83b0ea20bc7c66d5451fd'],
    [
      [0xa4093822, 0x299f31d0],
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      'd16cfe0994fdcceb5001e42024126ea1',
    ],
  ] as const)('key %j, counter %j', ([k0, k1], [c0, c1, c2, c3], expected) => {
    const out = new Uint32Array(4);
    philox(k0, k1, c0, c1, c2, c3, out);
    expect(Array.from(out, (word) => word.toString(16).padStart(8, '0')).join('')).toBe(expected);
  });
});

describe('ids', () => {
  test('are pinned: evidence of earlier runs names rows by them', () => {
    expect(ids.uuid('auth.users', 0)).toMatchInlineSnapshot(`"0d3ee4bc-320c-85db-84b1-553e42befae2"`);
    expect(ids.uuid('auth.users', 1)).toMatchInlineSnapshot(`"139543a5-b19d-8d96-8507-de12caf0876d"`);
    expect(ids.uuid('app.projects', 1)).toMatchInlineSnapshot(`"6803b5a4-9703-87a2-b66d-4b9e207ce34b"`);
    expect(ids.uuid('auth.users', -1)).toMatchInlineSnapshot(`"fbd60aef-6051-8503-a276-ab2cafd274aa"`);
  });

  test('are version 8, and no two rows of two tables share one', () => {
    const seen = new Set<string>();
    for (let row = 0; row < 50_000; row++) {
      for (const table of ['a', 'b']) seen.add(ids.uuid(table, row));
    }
    expect(seen.size).toBe(100_000);
    for (const id of [...seen].slice(0, 1000)) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  test('differ beyond the 32 bits of a row number', () => {
    expect(ids.uuid('a', 2 ** 32)).not.toBe(ids.uuid('a', 0));
  });
});

describe('a cell', () => {
  test('is pinned', async () => {
    const cell = new ColumnCell(await world(), 't', 'c');
    cell.row = 7;
    expect([
      cell.random(),
      cell.random(1),
      cell.integer(1, 1000),
      cell.pick(['a', 'b', 'c']),
      cell.past(10).toISOString(),
      cell.hex(40),
    ]).toMatchInlineSnapshot(`
      [
        0.4470832757845338,
        0.8504832279914847,
        226,
        "a",
        "2026-03-09T22:03:33.538Z",
        "e60cc6eed44d458abf2cdd4fe99832f3e7fec7b6",
      ]
    `);
  });

  test('does not depend on what was drawn before', async () => {
    const [a, b] = [await world(), await world()];
    const forward = draw(new ColumnCell(a, 't', 'c'), 100, (cell) => cell.random());
    const cell = new ColumnCell(b, 't', 'c');
    for (let row = 99; row >= 0; row--) {
      cell.row = row;
      cell.hex(100);
      cell.of('other', 'column').fake('word');
      expect(cell.random()).toBe(forward[row]);
    }
  });

  test('can be had from any other', async () => {
    const shared = await world();
    const cell = new ColumnCell(shared, 't', 'c');
    cell.row = 5;
    const other = new ColumnCell(shared, 't', 'd');
    other.row = 9;
    expect(cell.of('t', 'd', 9).random()).toBe(other.random());
  });

  test('is spread evenly', async () => {
    const values = draw(new ColumnCell(await world(), 't', 'c'), 100_000, (cell) => cell.random());
    // 99 degrees of freedom: 99.9 % of even samples lie below 149.
    expect(chiSquare(values, 100)).toBeLessThan(149);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
  });

  test('reaches both ends of a range, and each alike', async () => {
    const values = draw(new ColumnCell(await world(), 't', 'c'), 60_000, (cell) => cell.integer(-1, 4));
    for (let value = -1; value <= 4; value++) {
      expect(values.filter((drawn) => drawn === value).length).toBeGreaterThan(9_500);
    }
    expect(new Set(values).size).toBe(6);
  });

  test('has nothing to do with other columns, tables, seeds, salts, methods and rows', async () => {
    const rows = 20_000;
    const [one, two] = [await world(1), await world(2)];
    const base = draw(new ColumnCell(one, 't', 'c'), rows, (cell) => cell.random());
    const others: Record<string, number[]> = {
      column: draw(new ColumnCell(one, 't', 'd'), rows, (cell) => cell.random()),
      table: draw(new ColumnCell(one, 'u', 'c'), rows, (cell) => cell.random()),
      seed: draw(new ColumnCell(two, 't', 'c'), rows, (cell) => cell.random()),
      salt: draw(new ColumnCell(one, 't', 'c'), rows, (cell) => cell.random(1)),
      method: draw(new ColumnCell(one, 't', 'c'), rows, (cell) => cell.integer(0, 2 ** 30)),
      row: [...base.slice(1), base[0] ?? 0],
    };
    // The standard error of a correlation over 20,000 pairs is 0.007.
    for (const [name, other] of Object.entries(others)) {
      expect(Math.abs(correlation(base, other)), name).toBeLessThan(0.03);
      const sums = base.map((value, i) => (value + (other[i] ?? 0)) % 1);
      expect(chiSquare(sums, 50), name).toBeLessThan(86);
    }
  });
});

describe('pools', () => {
  test('are the same whatever else is drawn first', async () => {
    const [a, b] = [await openPools(3), await openPools(3)];
    const names = a('firstName');
    b('paragraph');
    b('word');
    expect(b('firstName')).toEqual(names);
    expect(names).toHaveLength(poolSize);
    expect((await openPools(4))('firstName')).not.toEqual(names);
  });

  test('are realistic', async () => {
    const pools = await openPools(1);
    expect(new Set(pools('sentence')).size).toBeGreaterThan(900);
    expect(pools('userAgent')[0]).toMatch(/^\S+\/\d/);
  });
});

describe('rows', () => {
  const table: TableData = {
    table: 't',
    rows: () => 1000,
    columns: {
      a: (cell) => cell.random(),
      b: (cell) => cell.fake('word'),
      c: (cell) => cell.of('t', 'a').random(),
    },
  };
  const text = (shared: World, of: TableData, from: number, to: number): string =>
    Array.from(chunks(shared, of, from, to), (chunk) => chunk.text).join('');

  test('are the same in any order and in any number of parts', async () => {
    const whole = text(await world(), table, 0, 1000);
    const shared = await world();
    const last = text(shared, table, 600, 1000);
    const parts = text(shared, table, 0, 1) + text(shared, table, 1, 600) + last;
    expect(parts).toBe(whole);
  });

  test('of a column stay when another is added before it', async () => {
    const { a, ...rest } = table.columns;
    const with_ = text(await world(), table, 0, 50)
      .split('\n')
      .map((line) => line.split('\t').slice(1));
    const without = text(await world(), { ...table, columns: rest }, 0, 50).split('\n');
    expect(a).toBeDefined();
    expect(with_.map((fields) => fields.join('\t'))).toEqual(without);
  });

  test('name the column and row of a value that cannot be made', async () => {
    const broken = { ...table, columns: { a: () => '\0' } };
    const shared = await world();
    expect(() => text(shared, broken, 3, 4)).toThrow('data of t.a, row 3: a text with a NUL character');
  });
});
