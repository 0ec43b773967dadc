import { expect, test } from 'vitest';
import { mayMount, mountedBelow } from '../../src/cluster/mounts.ts';

const line = (point: string) => `36 35 98:0 / ${point} rw,noatime master:1 - tmpfs pgattest rw`;

test('mounts below a folder are found by their place, the deepest first, whatever their names', () => {
  const text = ['/', '/a', '/a/b', '/a/b\\040c\\303\\274', '/ab', '/x/a/b'].map(line).join('\n');
  expect(mountedBelow('/a', text)).toEqual(['/a/b cü', '/a/b', '/a']);
  expect(mountedBelow('/a/b', text)).toEqual(['/a/b']);
  expect(mountedBelow('/none', text)).toEqual([]);
  expect(mountedBelow('/a', '')).toEqual([]);
});

test('who may mount is told by the capability, not by being root', () => {
  expect(mayMount('CapInh:\t0\nCapEff:\t000001ffffffffff\n')).toBe(true);
  expect(mayMount('CapEff:\t00000000a80425fb\n')).toBe(false);
  expect(mayMount('')).toBe(false);
});
