import { expect, expectTypeOf, test } from 'vitest';
import { products as aemsProducts } from '../../../fixtures/aems/data/products.ts';
import { serviceOrders } from '../../../fixtures/fsm/data/orders.ts';
import { materials } from '../../../fixtures/khs/data/materials.ts';
import { productsData } from '../../../fixtures/olympus/data/catalogue.ts';
import { openPools } from '../../../src/data/pools.ts';
import { drawOf } from '../../../src/load/workload/draw.ts';

const world = { seed: 1, scale: 1, now: new Date(), pools: await openPools(1) };
const draw = drawOf(world, 'test', 0);

test('the columns of a row that is drawn are those of its table, of their types', () => {
  expectTypeOf(draw.row(productsData, 0).price_cents).toEqualTypeOf<number>();
  expectTypeOf(draw.row(productsData, 0).created_at).toEqualTypeOf<Date>();
  expectTypeOf(draw.row(aemsProducts, 0).sku).toEqualTypeOf<string>();
  expectTypeOf(draw.row(materials, 0).is_deleted).toEqualTypeOf<boolean>();
});

test('a column that a table has not does not compile', () => {
  // @ts-expect-error: it is called price_cents
  expect(draw.row(productsData, 0).price).toBeUndefined();
  // @ts-expect-error: it is called selling_price
  expect(draw.row(aemsProducts, 0).price_cents).toBeUndefined();
  // @ts-expect-error: it is called item_name
  expect(draw.row(materials, 0).name).toBeUndefined();
  // @ts-expect-error: it is called external_sales_order_id
  expect(draw.row(serviceOrders, 0).external_order_id).toBeUndefined();
});

test('a row that a table has not is refused', () => {
  expect(() => draw.row(productsData, draw.count(productsData))).toThrow('core.products has no row');
});
