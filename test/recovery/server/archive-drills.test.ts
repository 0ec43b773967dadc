import { describe, expect, test } from 'vitest';
import { archiveFails } from '../../../src/recovery/drills/archive-fails.ts';
import { archiveLies } from '../../../src/recovery/drills/archive-lies.ts';
import { archiveSlow } from '../../../src/recovery/drills/archive-slow.ts';
import { idleArchive } from '../../../src/recovery/drills/idle-archive.ts';
import { withoutBackrest } from './backup-support.ts';
import { design, rehearse } from './rehearsal.ts';

const limitMs = 180_000;

describe.each([archiveFails, archiveLies, archiveSlow, idleArchive])('$name', (drill) => {
  test('nothing is lost, and all is in the archive', { timeout: limitMs }, async () => {
    const { wrong, comparison, good, timeline } = await rehearse(drill);
    expect(wrong).toEqual([]);
    expect(comparison.lost.count).toBe(0);
    expect(comparison.counts.acknowledged).toBeGreaterThan(100);
    expect(good).toBe(true);
    const marks = timeline.marks.map(({ name }) => name);
    expect(marks).toEqual(expect.arrayContaining(['fault', 'verified', 'healed']));
    if (drill === archiveSlow) {
      const curve = timeline.series.find(({ name }) => name === 'exposure');
      expect(curve?.unit).toBe('ms');
      // Three segments of two seconds, one after the other.
      expect(Math.max(...(curve?.points ?? []).map(([, value]) => value))).toBeGreaterThan(4_000);
    }
  });

  const faults = drill.counterexamples(design).map((fault) => [fault.name, fault] as const);
  test.each(faults)('notices %s', { timeout: limitMs }, async (_, fault) => {
    const { broken, wrong } = await rehearse(drill, { fault });
    expect(broken).toBe(true);
    expect(wrong.join('\n')).toMatch(/^archive: |^primary: /m);
  });
});

test('an archive of copies fails and catches up as a repository does', { timeout: limitMs }, async () => {
  const { wrong, comparison } = await rehearse(archiveFails, { machine: withoutBackrest() });
  expect(wrong).toEqual([]);
  expect(comparison.lost.count).toBe(0);
});
