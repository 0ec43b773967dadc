import { describe, expect, test } from 'vitest';
import { findFakeClock } from '../../../src/cluster/fake-clock.ts';
import { thisMachine } from '../../../src/cluster/machine.ts';
import { mayMount } from '../../../src/cluster/mounts.ts';
import { clockJump } from '../../../src/recovery/drills/clock-jump.ts';
import { diskFullArchive } from '../../../src/recovery/drills/disk-full-archive.ts';
import { diskFullData } from '../../../src/recovery/drills/disk-full-data.ts';
import { diskFullWal } from '../../../src/recovery/drills/disk-full-wal.ts';
import { pageCorrupt } from '../../../src/recovery/drills/page-corrupt.ts';
import type { Drill } from '../../../src/recovery/model.ts';
import { design, rehearse } from './rehearsal.ts';

const limitMs = 180_000;

function both(drill: Drill): void {
  test('nothing is lost, and writes go on', { timeout: limitMs }, async () => {
    const { wrong, comparison, good, timeline } = await rehearse(drill);
    expect(wrong).toEqual([]);
    expect(comparison.lost.count).toBe(0);
    expect(comparison.phantom.count).toBe(0);
    expect(comparison.torn.count).toBe(0);
    expect(comparison.counts.acknowledged).toBeGreaterThan(100);
    expect(good).toBe(true);
    expect(timeline.when('fault')).toBeDefined();
  });

  const faults = drill.counterexamples(design).map((fault) => [fault.name, fault] as const);
  test.each(faults)('notices %s', { timeout: limitMs }, async (_, fault) => {
    expect((await rehearse(drill, { fault })).broken).toBe(true);
  });
}

for (const drill of [diskFullData, diskFullWal, diskFullArchive])
  describe.skipIf(!mayMount())(drill.name, () => both(drill));

describe(pageCorrupt.name, () => both(pageCorrupt));

describe.skipIf(findFakeClock(thisMachine()) === undefined)(clockJump.name, () => both(clockJump));
