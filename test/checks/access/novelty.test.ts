import { expect, test } from 'vitest';
import { Novelty } from '../../../src/checks/access/ways/novelty.ts';

const actor = (name: string, id: string | null) => ({ name, says: name, attributes: { id } });

test('what the rules judge alike is new once, to whoever is identified', () => {
  const novelty = new Novelty();
  expect(novelty.take(actor('first', '1'), '10 true')).toBe(true);
  expect(novelty.take(actor('second', '2'), '10 true')).toBe(false);
  expect(novelty.take(actor('second', '2'), '10 false')).toBe(true);
});

test('nobody is always tried: unset and empty are one to the rules and two to the policies', () => {
  const novelty = new Novelty();
  expect(novelty.take(actor('anonymous', null), '00')).toBe(true);
  expect(novelty.take(actor('anonymous after others', null), '00')).toBe(true);
  expect(novelty.take(actor('first', '1'), '00')).toBe(true);
});
