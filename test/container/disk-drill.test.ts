import { expect, test } from 'vitest';
import { diskFullWal } from '../../src/recovery/drills/disk-full-wal.ts';
import { rehearse } from '../recovery/server/rehearsal.ts';
import { withDocker } from './support.ts';

withDocker('a drill of a full disk in containers', () => {
  test('the server stops, comes back once there is room, and nothing is lost', {
    timeout: 240_000,
  }, async () => {
    const { wrong, comparison, good } = await rehearse(diskFullWal, { on: 'docker' });
    expect(wrong).toEqual([]);
    expect(comparison.lost.count).toBe(0);
    expect(good).toBe(true);
  });
});
