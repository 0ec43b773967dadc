import { expect, test } from 'vitest';
import { compareAuthority } from '../../../src/recovery/integrity/authority.ts';

const policy = (using: string) => new Map([['policy own on t', `* permissive to public using ${using}`]]);
const agrees = (one: string, other: string) =>
  compareAuthority(policy(one), policy(other)).every((seen) => seen.agrees);

test('a list that was dumped and read again is the same list', () => {
  const read = "(status = ANY ((ARRAY['it''s'::character varying, 'b'::character varying])::text[]))";
  const again = "(status = ANY (ARRAY[('it''s'::character varying)::text, ('b'::character varying)::text]))";
  expect(agrees(read, again)).toBe(true);
  expect(agrees(again, read)).toBe(true);
});

test('another list is not', () => {
  const read = "(status = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))";
  expect(agrees(read, read.replace("'b'", "'c'"))).toBe(false);
  expect(agrees(read, "(status = ANY (ARRAY[('a'::character varying)::text]))")).toBe(false);
});
