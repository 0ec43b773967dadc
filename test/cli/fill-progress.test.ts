import { expect, test } from 'vitest';
import { describe as describeProgress, Eta } from '../../src/cli/fill-progress.ts';

test('the time that is left follows from the rate so far', () => {
  let now = 0;
  const eta = new Eta(() => now);
  expect(eta.says('load', 0)).toBe('');
  now = 10_000;
  expect(eta.says('load', 0.1)).toBe(', 1:30 left');
  now = 20_000;
  expect(eta.says('load', 0.5)).toBe(', 0:20 left');
  expect(eta.says('load', 1)).toBe(', 0:00 left');
  // Nothing was gained, or it has only begun: nothing can be said.
  expect(eta.says('other', 0.3)).toBe('');
  now = 4_000_000;
  expect(eta.says('other', 0.3)).toBe('');
  expect(eta.says('other', 0.65)).toBe(', 1:06:20 left');
});

test('lines say how much of what', () => {
  const eta = new Eta(() => 0);
  expect(
    describeProgress({ phase: 'begin', rows: 10_020_005, bytes: 2.9e9, loaded: 40_000, dropped: 14 }, eta),
  ).toBe(
    'fill: 10,020,005 rows, 40,000 of them are in from before, about 2.9 GB to load; 14 indexes are dropped and made again afterwards',
  );
  expect(
    describeProgress({ phase: 'load', table: 'app.tasks', rows: 1000, ofRows: 2000, made: 30, of: 61 }, eta),
  ).toBe('load 49 %, 1,000 of 2,000 rows, app.tasks');
});
