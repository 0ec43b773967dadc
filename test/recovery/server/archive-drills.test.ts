import { expect, test } from 'vitest';
import { validateDesign } from '../../../src/design/validate.ts';
import { archiveFails } from '../../../src/recovery/drills/archive-fails.ts';
import { archiveLies } from '../../../src/recovery/drills/archive-lies.ts';
import { archiveSlow } from '../../../src/recovery/drills/archive-slow.ts';
import { idleArchive } from '../../../src/recovery/drills/idle-archive.ts';
import { notes } from '../../checks/topology/design.ts';
import { rehearse } from './rehearsal.ts';

const drills = [archiveFails, archiveLies, archiveSlow, idleArchive];
const counterexamples = drills.flatMap((drill) =>
  drill
    .counterexamples(validateDesign(notes, import.meta.filename))
    .map((fault) => [drill.name, fault.name, drill, fault] as const),
);

test.each(drills.map((drill) => [drill.name, drill] as const))('%s: nothing is lost', async (_, drill) => {
  const { wrong, comparison, good, timeline } = await rehearse(drill);
  expect(wrong).toEqual([]);
  expect(comparison.lost.count).toBe(0);
  expect(comparison.counts.acknowledged).toBeGreaterThan(100);
  expect(good).toBe(true);
  expect(timeline.marks.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['fault', 'verified', 'healed']),
  );
});

test.each(counterexamples)('%s notices %s', async (_name, _fault, drill, fault) => {
  const { broken, wrong } = await rehearse(drill, { fault });
  expect(broken).toBe(true);
  expect(wrong.join('\n')).toMatch(/^archive: |^primary: /m);
});
